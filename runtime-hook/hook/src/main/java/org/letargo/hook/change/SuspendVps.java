package org.letargo.hook.change;

import java.util.Optional;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/** Suspends a VPS: takes a checkpoint, and ends its processes with it. */
final class SuspendVps {
  private final Stand stand;
  private final CheckpointFiles files;
  private final TakeCheckpoint take;

  SuspendVps(Stand stand, CheckpointFiles files, TakeCheckpoint take) {
    this.stand = stand;
    this.files = files;
    this.take = take;
  }

  void suspend(Vps vps, Operation operation) {
    suspend(vps, Optional.empty(), operation);
  }

  /**
   * The same if the checkpoint passes a verification: the VPS stands still until it has, and goes
   * on if it does not.
   */
  void suspend(Vps vps, Optional<VerifyDepth> verify, Operation operation) {
    CheckpointWish wish = CheckpointWish.of(CheckpointKind.SUSPEND, verify);
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.SUSPEND, Optional.of(wish.id()))) {
      switch (vps.status()) {
        case VpsStatus.Running running ->
            suspend(vps, operation, change, wish, running, running.initPid());
        case VpsStatus.Paused paused -> {
          take.require(vps, "suspend");
          suspend(vps, operation, change, wish, paused, paused.initPid());
        }
        case VpsStatus.Stopped stopped ->
            throw VpsException.wrongState(
                vps.spec().name(), "suspend", stopped.word(), "There is nothing to save.");
        case VpsStatus.Suspended suspended ->
            throw VpsException.wrongState(
                vps.spec().name(), "suspend", suspended.word(), "There is nothing to do.");
      }
      files.prune(vps);
      operation.succeeded();
    }
    Faults.at("suspend.after-journal");
  }

  /**
   * Suspends one that leaves this host, as a part of its migration.
   *
   * @throws VpsException WRONG_STATE if it has no processes
   */
  TimelineEntry leaving(Vps vps, MigrationId migration, Operation operation) {
    CheckpointWish wish = CheckpointWish.of(CheckpointKind.SUSPEND);
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.SUSPEND, Optional.of(wish.id()), migration)) {
      return switch (vps.status()) {
        case VpsStatus.Running running ->
            suspend(vps, operation, change, wish, running, running.initPid());
        case VpsStatus.Paused paused -> {
          take.require(vps, "suspend");
          yield suspend(vps, operation, change, wish, paused, paused.initPid());
        }
        case VpsStatus.Stopped _, VpsStatus.Suspended _ ->
            throw VpsException.wrongState(
                vps.spec().name(), "suspend", vps.status().word(), "Begin its migration again.");
      };
    }
  }

  /**
   * The same within a change that somebody else has begun.
   *
   * @param before the VPS's status, running or paused: what it is again if this fails
   */
  TimelineEntry suspend(
      Vps vps,
      Operation operation,
      Vps.Change change,
      CheckpointWish wish,
      VpsStatus before,
      long initPid) {
    TimelineEntry taken =
        take.killing(
            vps,
            operation,
            wish,
            before,
            initPid,
            entry -> {
              DiskState.nowAt(vps.folder(), wish.id());
              change.become(new VpsStatus.Suspended(entry.checkpoint()));
            },
            () -> {
              DiskState.differs(vps.folder());
              if (vps.status() instanceof VpsStatus.Suspended) {
                change.become(before);
              }
            });
    try {
      Faults.at("suspend.before-cleanup");
      operation.phase("clean up", 95);
    } finally {
      stand.down(vps);
    }
    return taken;
  }
}
