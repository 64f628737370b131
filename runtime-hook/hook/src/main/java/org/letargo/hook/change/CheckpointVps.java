package org.letargo.hook.change;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.HostDescription;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.rootfs.HeldDisk;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/** Takes a checkpoint of a VPS that goes on; of a stopped one, of its disk. */
final class CheckpointVps {
  private static final int VERIFY_FROM = 80;

  private final Host host;
  private final CheckpointFiles files;
  private final TakeCheckpoint take;
  private final VerifyCheckpoint verify;

  CheckpointVps(Host host, CheckpointFiles files, TakeCheckpoint take, VerifyCheckpoint verify) {
    this.host = host;
    this.files = files;
    this.take = take;
    this.verify = verify;
  }

  TimelineEntry checkpoint(Vps vps, CheckpointWish wish, Operation operation) {
    try (Vps.Change _ =
        vps.begin(operation.id(), JournalEntry.Kind.CHECKPOINT, Optional.of(wish.id()))) {
      TimelineEntry taken = take(vps, wish, operation);
      return wish.verify().map(depth -> verified(vps, taken, depth, operation)).orElse(taken);
    }
  }

  /** Once the VPS goes on. One that does not pass stays: it shows what went wrong. */
  private TimelineEntry verified(
      Vps vps, TimelineEntry taken, VerifyDepth depth, Operation operation) {
    try {
      return verify.verify(
          vps, taken.checkpoint().id(), depth, new Span(operation, VERIFY_FROM, 99));
    } catch (VpsException e) {
      throw new VpsException(
          e.code(),
          "checkpoint '%s' of VPS '%s' is taken, and not verified"
              .formatted(taken.checkpoint().id(), vps.spec().name()),
          e.what() + ": " + e.why(),
          (e.remedy() + " It stays in the timeline; forget it if you do not want it.").strip(),
          e);
    }
  }

  private TimelineEntry take(Vps vps, CheckpointWish wish, Operation operation) {
    return switch (vps.status()) {
      case VpsStatus.Running running ->
          take.leavingRunning(vps, operation, wish, running, running.initPid());
      case VpsStatus.Paused paused ->
          take.leavingRunning(vps, operation, wish, paused, paused.initPid());
      case VpsStatus.Stopped _ -> ofStopped(vps, wish, operation);
      case VpsStatus.Suspended(var checkpoint) ->
          throw VpsException.wrongState(
              vps.spec().name(),
              "checkpoint",
              "suspended",
              "Its present is checkpoint " + checkpoint.id() + " already.");
    };
  }

  /** Of a stopped VPS, within a change that somebody else has begun. */
  TimelineEntry ofStopped(Vps vps, CheckpointWish wish, Operation operation) {
    vps.timeline().requireFree(wish.label(), wish.id());
    TimelineEntry entry = capture(vps, wish, operation);
    if (wish.isForTheTimeline()) {
      vps.timeline().add(entry);
    }
    return entry;
  }

  /** The same without a place in the timeline; the caller drops it. */
  TimelineEntry capture(Vps vps, CheckpointWish wish, Operation operation) {
    operation.phase("capture", 5);
    HostDescription taker = files.describeHost(false);
    try (CheckpointWriter checkpoint = host.store().checkpoints().begin();
        HeldDisk disk = files.holdDisk(vps, checkpoint, false)) {
      long diskBytes = disk.finish();
      operation.checkCancelled();
      return files.commit(
          vps,
          wish,
          new CheckpointFiles.Taken(Instant.now(), taker, 0, diskBytes, Duration.ZERO),
          checkpoint);
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileTaking(e);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot take a checkpoint of VPS '" + vps.spec().name() + "'", e);
    }
  }
}
