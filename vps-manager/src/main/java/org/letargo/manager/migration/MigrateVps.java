package org.letargo.manager.migration;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.MigrationStep;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.OperationRun;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;
import org.letargo.manager.operation.Work;
import org.letargo.manager.schedule.Schedules;
import org.letargo.manager.vps.VpsClaims;
import org.letargo.manager.vps.VpsMove;
import org.letargo.manager.vps.VpsRegistry;
import org.letargo.manager.vps.VpsState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins migrations of VPSes of this host to peers, takes them back, and ends what is left open.
 */
public final class MigrateVps {
  private static final Logger LOG = LoggerFactory.getLogger(MigrateVps.class);

  /** How long a target may be silent before the operation ends and the upkeep goes on. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final OtherHosts hosts;
  private final VpsRegistry registry;
  private final VpsClaims claims;
  private final Operations operations;
  private final MigrationHook hook;
  private final Admittance admittance;
  private final Schedules schedules;

  /**
   * What is wanted.
   *
   * @param bandwidth the most bytes that go in a second; empty: as many as can
   * @param keepSource whether its earlier checkpoints stay here and are not sent
   */
  public record Wish(
      VpsName name,
      String peer,
      MigrationMode mode,
      boolean keepSource,
      Optional<DataSize> bandwidth) {}

  public MigrateVps(
      OtherHosts hosts,
      VpsRegistry registry,
      VpsClaims claims,
      Operations operations,
      HookCalls hook,
      Admittance admittance,
      Schedules schedules) {
    this.hosts = hosts;
    this.registry = registry;
    this.claims = claims;
    this.operations = operations;
    this.hook = new MigrationHook(hook);
    this.admittance = admittance;
    this.schedules = schedules;
  }

  /**
   * Begins to move a VPS; it is journalled on return.
   *
   * @throws VpsException NOT_FOUND, BUSY, WRONG_STATE, HOOK_UNREACHABLE
   */
  Operation start(Wish wish, String by) {
    OtherHost peer = hosts.get(wish.peer());
    OtherHost target = wish.bandwidth().map(peer::limitedTo).orElse(peer);
    OperationId id = OperationId.create();
    registry.claim(wish.name(), VpsMove.MIGRATE, id);
    return begin(
        id,
        OperationKind.MIGRATE,
        wish.name(),
        by,
        run -> new Journey(hook, schedules, run, wish, target, PATIENCE).make(admittance));
  }

  private Operation begin(OperationId id, OperationKind kind, VpsName name, String by, Work work) {
    try {
      return operations.start(
          id, kind, new Subject.OfVps(name), by, claims.releasing(name, id, work));
    } catch (RuntimeException e) {
      registry.release(name, id);
      throw e;
    }
  }

  /**
   * Begins to let one go on here whose other host is gone: one that was to leave for it is taken
   * back, one that was arriving from it becomes this host's.
   *
   * @param force although the other host does not answer: somebody knows that it is gone for good
   * @throws VpsException NOT_FOUND, BUSY, WRONG_STATE if it is simply here; HOOK_UNREACHABLE
   */
  Operation takeBack(VpsName name, boolean force, String by) {
    Migration now = hook.between(name).orElseThrow(() -> notBetween(name));
    return switch (now.phase()) {
      case LEAVING, HANDED_OVER -> {
        OperationId id = claim(name);
        yield begin(id, OperationKind.TAKE_BACK, name, by, _ -> takeBack(name, now, force));
      }
      case ARRIVING -> {
        OperationId id = OperationId.create();
        registry.claimBetween(name, new VpsState.Arriving(id));
        yield begin(id, OperationKind.ARRIVE, name, by, _ -> takeOver(name, now, force));
      }
      case LENT, MOVED, BORROWING, OWNED, GIVEN_BACK, UNKNOWN -> throw notBetween(name);
    };
  }

  private static VpsException notBetween(VpsName name) {
    return VpsException.wrongState(
        name, "take back", "not on its way between two hosts", "Look where it is.");
  }

  private void takeBack(VpsName name, Migration now, boolean force) {
    if (now.phase() == MigrationPhase.HANDED_OVER) {
      askOther(name, now, force, () -> other(now).drop(now.id(), name));
    }
    hook.takeBack(name, now.id(), true);
  }

  /** It is the source's to decide, as long as there is one. */
  private void takeOver(VpsName name, Migration now, boolean force) {
    AtomicReference<MigrationPhase> source = new AtomicReference<>(MigrationPhase.HANDED_OVER);
    askOther(name, now, force, () -> source.set(other(now).find(now.id()).phase()));
    switch (source.get()) {
      case HANDED_OVER -> hook.step(name, now.id(), new MigrationStep.Take());
      case LEAVING, LENT ->
          throw VpsException.wrongState(
              name,
              "take over",
              "still at host '" + now.peer().name() + "', which decides",
              "Wait for its migration, or cancel it there.");
      case MOVED, ARRIVING, BORROWING, OWNED, GIVEN_BACK, UNKNOWN ->
          hook.step(name, now.id(), new MigrationStep.Drop());
    }
  }

  /** Only silence can be overruled: what the other host says counts. */
  private static void askOther(VpsName name, Migration now, boolean force, Runnable question) {
    try {
      question.run();
    } catch (VpsException e) {
      if (e.code() != Code.PEER_UNREACHABLE) {
        throw e;
      }
      String peer = now.peer().name();
      if (!force) {
        throw new VpsException(
            Code.PEER_UNREACHABLE,
            "VPS '" + name + "' does not go on here",
            "it may run on host '" + peer + "', which does not answer (" + e.why() + ")",
            "If that host is gone for good, say so: 'letargo migrate --take-back --yes "
                + name
                + "'. If it is not, there will be two.",
            e);
      }
      LOG.warn("vps={} goes on here: {} is said to be gone for good", name, peer);
    }
  }

  /** The very host that it was handed to, or comes from. */
  private OtherHost other(Migration now) {
    return hosts
        .find(now.peer())
        .orElseThrow(() ->
            new VpsException(
                Code.PEER_UNREACHABLE,
                "nobody can say what became of it",
                "host '" + now.peer().name() + "' was removed as a peer since",
                "Find out whether it is there."));
  }

  /** A migration that ran when the manager ended: to its end, or back. */
  public Work continued(VpsName name) {
    return run -> {
      awaitStep(run);
      Optional<Migration> now = hook.between(name);
      if (now.isEmpty()) {
        if (hook.vps(name).isPresent()) {
          throw interrupted(name);
        }
        return; // it has left
      }
      goOn(name, now.get(), run);
    };
  }

  private void goOn(VpsName name, Migration now, OperationRun run) {
    switch (now.phase()) {
      case LEAVING -> {
        run.progress(Progress.phase("take back", -1));
        hook.takeBack(name, now.id(), false);
        throw interrupted(name);
      }
      case HANDED_OVER -> {
        run.commit();
        run.progress(Progress.phase("take", -1));
        settle(name, now, PATIENCE);
      }
      case LENT -> throw interrupted(name); // its hook takes it back
      case MOVED, ARRIVING, BORROWING, OWNED, GIVEN_BACK, UNKNOWN -> {}
    }
  }

  private void settle(VpsName name, Migration now, Duration patience) {
    new HandOver(hook, schedules)
        .settle(name, now.id(), other(now), patience, () -> {})
        .map(Failure::toException)
        .ifPresent(why -> {
          throw why;
        });
  }

  /** Whatever the hook was asked for last, it has ended when this returns. */
  private void awaitStep(OperationRun run) {
    try {
      hook.calls().follow(run.hookOperation(), run::progress);
    } catch (VpsException e) {
      if (e.code() == Code.HOOK_UNREACHABLE) {
        throw e;
      }
      LOG.debug("op={} its step did not succeed", run.id(), e); // where the VPS stands says more
    }
  }

  private static VpsException interrupted(VpsName name) {
    return new VpsException(
        Code.INTERRUPTED,
        "VPS '" + name + "' did not leave",
        "the manager was restarted meanwhile",
        "It goes on here; start it again.");
  }

  /**
   * Ends what is left open of one that this host was to give away, if the target answers now; as an
   * operation of its own, once there is something to do.
   */
  void reconcile(VpsName name, Migration open) {
    switch (open.phase()) {
      case LEAVING -> {
        OperationId id = claim(name);
        begin(
            id,
            OperationKind.TAKE_BACK,
            name,
            MigrationUpkeep.BY,
            _ -> hook.takeBack(name, open.id(), false));
      }
      case HANDED_OVER -> {
        if (answers(open)) {
          OperationId id = claim(name);
          begin(id, OperationKind.MIGRATE, name, MigrationUpkeep.BY, continued(name));
        }
      }
      case LENT, MOVED, ARRIVING, BORROWING, OWNED, GIVEN_BACK, UNKNOWN -> {}
    }
  }

  private OperationId claim(VpsName name) {
    OperationId id = OperationId.create();
    registry.claimBetween(name, new VpsState.Migrating(id));
    return id;
  }

  private boolean answers(Migration open) {
    try {
      other(open).find(open.id());
      return true;
    } catch (VpsException e) {
      LOG.debug("{} is open: {}", open.id(), e.getMessage());
      return false;
    }
  }
}
