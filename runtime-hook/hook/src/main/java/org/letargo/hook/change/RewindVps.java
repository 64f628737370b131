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

  private final Host host;
  private final Stand stand;
  private final SuspendVps suspend;
  private final CheckpointVps checkpoint;
  private final ResumeVps resume;

  RewindVps(
      Host host, Stand stand, SuspendVps suspend, CheckpointVps checkpoint, ResumeVps resume) {
    this.host = host;
    this.stand = stand;
    this.suspend = suspend;
    this.checkpoint = checkpoint;
    this.resume = resume;
  }

  void rewind(Vps vps, HookRequest.RewindVps request, Operation operation) {
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.REWIND, Optional.of(request.checkpoint()))) {
      TimelineEntry target = vps.timeline().get(request.checkpoint());
      boolean ran = hasProcesses(vps);
      if (!request.discardCurrent()) {
        keepPresent(vps, operation, change);
      }
      VpsStatus present = vps.status();
      Faults.at("rewind.after-present");
      try {
        moveTo(vps, target, operation, change);
      } catch (VpsException e) {
        if (!request.discardCurrent()) {
          goBack(vps, present, ran, operation, change);
        }
        throw e;
      }
    }
  }

  private static boolean hasProcesses(Vps vps) {
    return switch (vps.status()) {
      case VpsStatus.Running _, VpsStatus.Paused _ -> true;
      case VpsStatus.Stopped _, VpsStatus.Suspended _ -> false;
    };
  }

  private void keepPresent(Vps vps, Operation operation, Vps.Change change) {
    CheckpointWish wish = CheckpointWish.of(CheckpointKind.BEFORE_REWIND);
    switch (vps.status()) {
      case VpsStatus.Running running -> suspend.suspend(vps, operation, change, wish, running);
      case VpsStatus.Paused(long initPid, var since) -> {
        host.runc().unpause(vps.spec().name());
        VpsStatus.Running running = new VpsStatus.Running(initPid, since);
        change.become(running);
        suspend.suspend(vps, operation, change, wish, running);
      }
      case VpsStatus.Stopped _ -> checkpoint.ofStopped(vps, wish, operation);
      case VpsStatus.Suspended _ -> {} // in a checkpoint that the timeline has
    }
  }

  private void moveTo(Vps vps, TimelineEntry target, Operation operation, Vps.Change change) {
    if (target.hasMemory()) {
      change.become(new VpsStatus.Suspended(target.checkpoint()));
      Faults.at("rewind.before-resume");
      resume.resume(vps, operation, change, target.checkpoint(), ResumeVps.Connections.KEPT);
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

  /** The present is a checkpoint, or was stopped and is on the disk, or in one. */
  private void goBack(
      Vps vps, VpsStatus present, boolean ran, Operation operation, Vps.Change change) {
    try {
      change.become(present);
      switch (present) {
        case VpsStatus.Suspended(var before) when ran ->
            resume.resume(vps, operation, change, before, ResumeVps.Connections.KEPT);
        case VpsStatus.Stopped _ ->
            vps.timeline()
                .here()
                .map(vps.timeline()::get)
                .ifPresent(kept -> {
                  restoreDisk(vps, kept);
                });
        case VpsStatus.Suspended _, VpsStatus.Running _, VpsStatus.Paused _ -> {}
      }
    } catch (VpsException e) {
      LOG.error(
          "vps={} cannot be brought back after a rewind that failed: {}",
          vps.spec().name(),
          e.getMessage());
    }
  }
}
