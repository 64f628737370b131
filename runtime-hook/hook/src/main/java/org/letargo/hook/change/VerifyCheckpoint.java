package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Set;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.checkpoint.StoredImages;
import org.letargo.archive.criu.ImageCheck;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.Verification;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.vps.Vps;

/** Finds out whether a checkpoint can be restored, and keeps that in the timeline. */
final class VerifyCheckpoint {
  /** Other failures are the host's, or ours: it may well be restored another time. */
  private static final Set<Code> ABOUT_IT =
      Set.of(Code.CHECKPOINT_CORRUPT, Code.RESUME_FAILED, Code.ARCHIVE_REFUSED);

  private final Host host;
  private final TrialRestore trial;

  VerifyCheckpoint(Host host, TrialRestore trial) {
    this.host = host;
    this.trial = trial;
  }

  /**
   * Verifies a checkpoint of the timeline. The VPS may be changed meanwhile, and is not touched.
   *
   * @return the checkpoint with what was found out
   * @throws VpsException why it cannot be restored, which is kept; or why that cannot be told,
   *     which is not
   */
  TimelineEntry verify(Vps vps, CheckpointId id, VerifyDepth depth, Span span) {
    vps.timeline().get(id);
    try {
      require(vps, id, depth, span);
    } catch (VpsException e) {
      if (ABOUT_IT.contains(e.code())) {
        keepFailure(vps, id, depth, e);
      }
      throw e;
    }
    Faults.at("verify.before-result");
    TimelineEntry entry =
        vps.timeline().verified(id, new Verification.Verified(Instant.now(), depth));
    Faults.at("verify.after-result");
    return entry;
  }

  /** The same for one that stands in no timeline. */
  void require(Vps vps, CheckpointId id, VerifyDepth depth, Span span) {
    try (StoredCheckpoint stored = host.store().checkpoints().read(id.value())) {
      switch (depth) {
        case IMAGES -> read(stored, span);
        case RESTORE, RUN -> trial.run(vps.stored(), stored, depth, span);
      }
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileReading(e);
    } catch (NoSuchFileException e) {
      throw new VpsException(
          Code.CHECKPOINT_CORRUPT,
          "checkpoint '" + id + "' of VPS '" + vps.spec().name() + "' cannot be restored",
          "it is not in the store",
          "Forget it.",
          e);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot read checkpoint " + id, e);
    }
  }

  /** Every byte; then whether the images fit together. */
  private static void read(StoredCheckpoint stored, Span span) throws IOException {
    Operation operation = span.operation();
    stored.verify((doneBytes, totalBytes) -> {
      operation.checkCancelled();
      int percent = (int) (100 * doneBytes / Math.max(1, totalBytes));
      operation.report(
          new Progress(
              "read",
              doneBytes,
              totalBytes,
              span.from() + percent * (span.to() - span.from()) / 100));
    });
    if (stored.manifest().hasMemory()) {
      ImageCheck.check(StoredImages.of(stored));
    }
  }

  private static void keepFailure(
      Vps vps, CheckpointId id, VerifyDepth depth, VpsException failure) {
    try {
      vps.timeline().verified(id, new Verification.Failed(Instant.now(), depth, failure.why()));
    } catch (VpsException e) {
      failure.addSuppressed(e); // it was forgotten meanwhile
    }
  }
}
