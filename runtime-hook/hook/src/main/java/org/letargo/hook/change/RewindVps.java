package org.letargo.hook.change;

import java.io.IOException;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.rootfs.VpsDisk;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a VPS what it was at a checkpoint. The present becomes a checkpoint first, unless it is one
 * or is not wanted; then the VPS is suspended in the wanted one, and resumed. If that fails it
 * becomes again what it was.
 */
final class RewindVps {
  private static final Logger LOG = LoggerFactory.getLogger(RewindVps.class);

  private static final ResumeVps.Way EAGERLY =
      ResumeVps.Way.BEST.eagerly("it came back from a rewind that failed");

  private final Host host;
  private final Stand stand;
  private final CheckpointFiles files;
  private final SuspendVps suspend;
  private final CheckpointVps checkpoint;
  private final ResumeVps resume;

  RewindVps(
      Host host,
      Stand stand,
      CheckpointFiles files,
      SuspendVps suspend,
      CheckpointVps checkpoint,
      ResumeVps resume) {
    this.host = host;
    this.stand = stand;
    this.files = files;
    this.suspend = suspend;
    this.checkpoint = checkpoint;
    this.resume = resume;
  }

  void rewind(Vps vps, HookRequest.RewindVps request, Operation operation) {
    CheckpointWish present = CheckpointWish.of(CheckpointKind.BEFORE_REWIND);
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.REWIND, Optional.of(present.id()))) {
      TimelineEntry target = vps.timeline().get(request.checkpoint());
      Optional<TimelineEntry> kept =
          request.discardCurrent()
              ? Optional.empty()
              : keepPresent(vps, operation, change, present);
      VpsStatus before = vps.status();
      Faults.at("rewind.after-present");
      try {
        moveTo(vps, target, operation, change);
      } catch (VpsException e) {
        if (!request.discardCurrent()) {
          goBack(vps, before, kept, operation, change);
        }
        throw e;
      }
      files.prune(vps); // only now: where it went to may be the oldest of them
      operation.succeeded();
    }
  }

  /** The checkpoint of the present; empty if the VPS is suspended in one already. */
  private Optional<TimelineEntry> keepPresent(
      Vps vps, Operation operation, Vps.Change change, CheckpointWish wish) {
    return switch (vps.status()) {
      case VpsStatus.Running running ->
          Optional.of(suspend.suspend(vps, operation, change, wish, running, running.initPid()));
      case VpsStatus.Paused paused ->
          Optional.of(suspend.suspend(vps, operation, change, wish, paused, paused.initPid()));
      case VpsStatus.Stopped _ -> Optional.of(checkpoint.ofStopped(vps, wish, operation));
      case VpsStatus.Suspended _ -> Optional.empty();
    };
  }

  private void moveTo(Vps vps, TimelineEntry target, Operation operation, Vps.Change change) {
    if (target.hasMemory()) {
      change.become(new VpsStatus.Suspended(target.checkpoint()));
      Faults.at("rewind.before-resume");
      resume.resume(vps, operation, change, target.checkpoint(), ResumeVps.Way.BEST);
    } else {
      stand.down(vps);
      restoreDisk(vps, target);
      DiskState.differs(vps.folder());
      change.become(new VpsStatus.Stopped());
      vps.timeline().moveTo(target.checkpoint().id());
    }
  }

  private void restoreDisk(Vps vps, TimelineEntry target) {
    String id = target.checkpoint().id().value();
    try (StoredCheckpoint stored = host.store().checkpoints().read(id)) {
      VpsDisk.restore(vps.folder(), vps.stored(), stored);
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileReading(e);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot unpack the disk of checkpoint " + id, e);
    }
  }

  /**
   * @param kept the checkpoint that was taken of the present
   */
  private void goBack(
      Vps vps,
      VpsStatus present,
      Optional<TimelineEntry> kept,
      Operation operation,
      Vps.Change change) {
    try {
      change.become(present);
      kept.ifPresent(entry -> {
        if (entry.hasMemory()) {
          // all at once: the checkpoint goes then
          resume.resume(vps, operation, change, entry.checkpoint(), EAGERLY);
        } else {
          restoreDisk(vps, entry);
        }
        files.drop(vps, entry.checkpoint().id()); // the timeline is as it was, too
      });
    } catch (VpsException e) {
      LOG.error(
          "vps={} cannot be brought back after a rewind that failed: {}",
          vps.spec().name(),
          e.getMessage());
    }
  }
}
