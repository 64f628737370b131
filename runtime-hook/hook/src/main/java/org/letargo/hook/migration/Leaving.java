package org.letargo.hook.migration;

import java.time.Instant;
import java.util.Optional;
import org.letargo.hook.change.Faults;
import org.letargo.hook.change.MigrationSteps;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPeer;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/**
 * The source's side. Where the VPS stands is in its folder before anybody is told:
 *
 * <pre>
 * LEAVING may become LENT instead of HANDED_OVER, see {@link Lending}.
 *
 * (here) -- Leave --> LEAVING -- HandOver --> HANDED_OVER -- Release --> gone, or MOVED
 *                        |                        |
 *                        +------- TakeBack -------+---> (here), running if it was
 * </pre>
 */
final class Leaving {
  private final MigrationSteps steps;
  private final Lending lending;

  Leaving(MigrationSteps steps) {
    this.steps = steps;
    this.lending = new Lending(steps, this);
  }

  void leave(Vps vps, MigrationId id, MigrationPeer to, boolean keepSource, Operation operation) {
    if (vps.migration().filter(known -> isLeaving(known, id)).isPresent()) {
      return;
    }
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.MIGRATE, Optional.empty())) {
      Migration leaving =
          new Migration(
              id,
              MigrationPhase.LEAVING,
              to,
              Instant.now(),
              Migration.Was.of(vps.status()),
              keepSource,
              Optional.empty());
      Faults.at("migrate.before-leave");
      operation.checkCancelled();
      change.migrating(Optional.of(leaving));
      steps.prune(vps);
      operation.succeeded();
    }
    Faults.at("migrate.after-leave");
  }

  private static boolean isLeaving(Migration known, MigrationId id) {
    return known.id().equals(id) && known.phase() == MigrationPhase.LEAVING;
  }

  /** In mode {@code stop} nothing moves before this; other modes have sent most of it. */
  void settle(Vps vps, MigrationId id, Operation operation) {
    requireLeaving(vps, id);
    TimelineEntry state = steps.settle(vps, id, operation);
    Faults.at("migrate.before-settled");
    try (Vps.Change change = begin(vps, id, operation)) {
      change.migrating(Optional.of(requireLeaving(vps, id).with(state.checkpoint().id())));
      operation.succeeded();
    }
    Faults.at("migrate.after-settle");
  }

  /** For a VPS whose private memory stays here until it runs there. */
  Lending lending() {
    return lending;
  }

  void send(Vps vps, MigrationId id, boolean packed, Operation operation, HookExchange exchange) {
    Migration leaving = requireLeaving(vps, id);
    if (!lending.send(vps, id, packed, operation, exchange)) {
      steps.send(vps, leaving.checkpoint().orElseThrow(), packed, operation, exchange);
    }
    Faults.at("migrate.after-send");
  }

  /** Of one that is at the target already. */
  void sendPast(
      Vps vps,
      MigrationId id,
      CheckpointId past,
      boolean packed,
      Operation operation,
      HookExchange exchange) {
    Migration now = require(vps, id);
    if (now.phase() != MigrationPhase.HANDED_OVER) {
      throw now.refusal(vps.spec().name(), "send the past of");
    }
    steps.send(vps, past, packed, operation, exchange);
    Faults.at("migrate.after-send-past");
  }

  void handOver(Vps vps, MigrationId id, Operation operation) {
    try (Vps.Change change = begin(vps, id, operation)) {
      Migration now = vps.migration().orElseThrow();
      if (now.phase() == MigrationPhase.HANDED_OVER) {
        return;
      }
      requireAtRest(vps, requireLeaving(vps, id));
      Faults.at("migrate.before-hand-over");
      operation.commit();
      change.migrating(Optional.of(now.in(MigrationPhase.HANDED_OVER)));
      operation.succeeded();
    }
    Faults.at("migrate.after-hand-over");
  }

  /** It must be, at this moment, what the target was sent. */
  private static void requireAtRest(Vps vps, Migration leaving) {
    boolean isSent =
        switch (vps.status()) {
          case VpsStatus.Suspended(CheckpointReport in) ->
              leaving.checkpoint().filter(in.id()::equals).isPresent();
          case VpsStatus.Stopped _ ->
              leaving.was() == Migration.Was.STOPPED && leaving.checkpoint().isPresent();
          case VpsStatus.Running _, VpsStatus.Paused _ -> false;
        };
    if (!isSent) {
      throw VpsException.wrongState(
          vps.spec().name(), "hand over", vps.status().word(), "Begin its migration again.");
    }
  }

  /**
   * The target has it.
   *
   * @param keep whether what is here stays, as a VPS that never runs again
   */
  void release(Vps vps, MigrationId id, boolean keep, Operation operation) {
    Migration now = require(vps, id);
    switch (now.phase()) {
      case HANDED_OVER, LENT -> {}
      case MOVED -> {
        return;
      }
      case LEAVING, ARRIVING, BORROWING, OWNED, GIVEN_BACK, UNKNOWN ->
          throw now.refusal(vps.spec().name(), "release");
    }
    Faults.at("migrate.before-release");
    if (keep) {
      try (Vps.Change change = begin(vps, id, operation)) {
        operation.commit();
        steps.endProcesses(vps);
        change.migrating(Optional.of(now.in(MigrationPhase.MOVED)));
        change.become(new VpsStatus.Stopped());
        operation.succeeded();
      }
      steps.publishPorts();
    } else {
      steps.destroy(vps, id, operation);
    }
    Faults.at("migrate.after-release");
  }

  /**
   * It stays, and goes on. Whatever of this fails, it is simply here when this returns or throws;
   * if the hook dies meanwhile, the next one begins it again.
   */
  void takeBack(Vps vps, MigrationId id, boolean handedOver, Operation operation) {
    Migration before;
    try (Vps.Change change = begin(vps, id, operation)) {
      Migration now = require(vps, id);
      switch (now.phase()) {
        case LEAVING -> {}
        case HANDED_OVER, LENT -> {
          if (!handedOver) {
            throw now.refusal(vps.spec().name(), "take back");
          }
          change.migrating(Optional.of(now.in(MigrationPhase.LEAVING)));
        }
        case MOVED, ARRIVING, BORROWING, OWNED, GIVEN_BACK, UNKNOWN ->
            throw now.refusal(vps.spec().name(), "take back");
      }
      before = now;
    }
    Faults.at("migrate.before-take-back");
    try {
      goOn(vps, before, operation);
    } finally {
      try (Vps.Change change = begin(vps, id, operation)) {
        Faults.at("migrate.before-taken-back");
        change.migrating(Optional.empty());
      }
      lending.forget(id);
    }
    if (before.was() == Migration.Was.PAUSED && vps.status() instanceof VpsStatus.Running) {
      steps.pause(vps, operation);
    }
    Faults.at("migrate.after-take-back");
  }

  private void goOn(Vps vps, Migration before, Operation operation) {
    switch (vps.status()) {
      case VpsStatus.Suspended _ -> {
        if (before.was().isAlive()) {
          steps.resume(vps, before.id(), operation, () -> {});
        }
      }
      case VpsStatus.Stopped _ ->
          before
              .checkpoint()
              .flatMap(vps.timeline()::find)
              .filter(state -> state.kind() == CheckpointKind.MIGRATE && !state.hasMemory())
              .ifPresent(state -> steps.drop(vps, state.checkpoint().id()));
      case VpsStatus.Running _ -> {}
      case VpsStatus.Paused _ -> {
        try (Vps.Change change = begin(vps, before.id(), operation)) {
          steps.goOn(vps, before.was() == Migration.Was.RUNNING, change);
        }
      }
    }
  }

  static Vps.Change begin(Vps vps, MigrationId id, Operation operation) {
    return vps.begin(operation.id(), JournalEntry.Kind.MIGRATE, Optional.empty(), id);
  }

  private static Migration require(Vps vps, MigrationId id) {
    return vps.migration()
        .filter(known -> known.id().equals(id))
        .orElseThrow(() -> VpsException.notFound(vps.spec().name()));
  }

  static Migration requireLeaving(Vps vps, MigrationId id) {
    Migration now = require(vps, id);
    if (now.phase() != MigrationPhase.LEAVING) {
      throw now.refusal(vps.spec().name(), "move");
    }
    return now;
  }
}
