package org.letargo.hook.change;

import java.util.Optional;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/** Suspends a VPS: takes a checkpoint, and ends its processes with it. */
final class SuspendVps {
  private final Host host;
  private final Stand stand;
  private final TakeCheckpoint take;

  SuspendVps(Host host, Stand stand, TakeCheckpoint take) {
    this.host = host;
    this.stand = stand;
    this.take = take;
  }

  void suspend(Vps vps, Operation operation) {
    CheckpointWish wish = CheckpointWish.of(CheckpointKind.SUSPEND);
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.SUSPEND, Optional.of(wish.id()))) {
      switch (vps.status()) {
        case VpsStatus.Running running -> suspend(vps, operation, change, wish, running);
        case VpsStatus.Paused(long initPid, var since) -> {
          take.require(vps);
          host.runc().unpause(vps.spec().name()); // the engine freezes it again by itself
          VpsStatus.Running running = new VpsStatus.Running(initPid, since);
          change.become(running);
          suspend(vps, operation, change, wish, running);
        }
        case VpsStatus.Stopped stopped ->
            throw VpsException.wrongState(
                vps.spec().name(), "suspend", stopped.word(), "There is nothing to save.");
        case VpsStatus.Suspended suspended ->
            throw VpsException.wrongState(
                vps.spec().name(), "suspend", suspended.word(), "There is nothing to do.");
      }
    }
  }

  /** The same within a change that somebody else has begun. */
  TimelineEntry suspend(
      Vps vps,
      Operation operation,
      Vps.Change change,
      CheckpointWish wish,
      VpsStatus.Running running) {
    TimelineEntry taken =
        take.killing(
            vps,
            operation,
            wish,
            running.initPid(),
            entry -> {
              DiskState.nowAt(vps.folder(), wish.id());
              change.become(new VpsStatus.Suspended(entry.checkpoint()));
            },
            () -> {
              DiskState.differs(vps.folder());
              if (vps.status() instanceof VpsStatus.Suspended) {
                change.become(running);
              }
            });
    Faults.at("suspend.before-cleanup");
    operation.phase("clean up", 95);
    stand.down(vps);
    return taken;
  }
}
