package org.letargo.hook.change;

import java.util.Optional;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a VPS suspended again that was resumed lazily and whose memory cannot be had. Its disk is
 * not the checkpoint's any more: the next resume unpacks that.
 */
final class BackToCheckpoint {
  private static final Logger LOG = LoggerFactory.getLogger(BackToCheckpoint.class);

  private final Stand stand;
  private final Operations operations;

  BackToCheckpoint(Stand stand, Operations operations) {
    this.stand = stand;
    this.operations = operations;
  }

  /**
   * Waits for the change that is under way, then does it; unless that change has stopped the VPS,
   * say.
   *
   * @param initPid the PID 1 that had to end
   */
  void take(Vps vps, long initPid, CheckpointReport checkpoint, Failure failure)
      throws InterruptedException {
    OperationId operation = OperationId.create();
    Optional<Vps.Change> begun = vps.beginDeath(operation, JournalEntry.Kind.RESUME, initPid);
    if (begun.isEmpty()) {
      return;
    }
    try (Vps.Change change = begun.get()) {
      stand.down(vps);
      Faults.at("resume.broken");
      change.become(new VpsStatus.Suspended(checkpoint), new Resumed.Broken(operation, failure));
      operations.ended(operation, new OperationReport.Failed(failure));
      LOG.error(
          "vps={} op={} {}", vps.spec().name(), operation, failure.toException().getMessage());
    }
  }
}
