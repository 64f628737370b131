package org.letargo.manager.migration;

import java.time.Duration;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationPhase;
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

  /**
   * What is wanted.
   *
   * @param keepSource whether its earlier checkpoints stay here and are not sent
   */
  public record Wish(VpsName name, String peer, MigrationMode mode, boolean keepSource) {}

  public MigrateVps(
      OtherHosts hosts,
      VpsRegistry registry,
      VpsClaims claims,
      Operations operations,
      HookCalls hook) {
    this.hosts = hosts;
    this.registry = registry;
    this.claims = claims;
    this.operations = operations;
    this.hook = new MigrationHook(hook);
  }

  /**
   * Begins to move a VPS; it is journalled on return.
   *
   * @throws VpsException NOT_FOUND, BUSY, WRONG_STATE, HOOK_UNREACHABLE
   */
  Operation start(Wish wish, String by) {
    OtherHost target = hosts.get(wish.peer());
    OperationId id = OperationId.create();
    registry.claim(wish.name(), VpsMove.MIGRATE, id);
    return begin(
        id,
        OperationKind.MIGRATE,
        wish.name(),
        by,
        run -> new Journey(hook, run, wish, target, PATIENCE).make());
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
   * Begins to take back one that was not to leave, or whose target is gone.
   *
   * @param force although the target does not answer: somebody knows that it is gone for good
   * @throws VpsException NOT_FOUND, BUSY, WRONG_STATE if it is simply here; HOOK_UNREACHABLE
   */
  Operation takeBack(VpsName name, boolean force, String by) {
    requireLeaving(name);
    OperationId id = claim(name);
    return begin(id, OperationKind.TAKE_BACK, name, by, _ -> takeBack(name, force));
  }

  private Migration requireLeaving(VpsName name) {
    return hook.between(name)
        .filter(now ->
            now.phase() == MigrationPhase.LEAVING || now.phase() == MigrationPhase.HANDED_OVER)
        .orElseThrow(() ->
            VpsException.wrongState(
                name, "take back", "not on its way to another host", "Look where it is."));
  }

  private void takeBack(VpsName name, boolean force) {
    Migration now = requireLeaving(name);
    if (now.phase() == MigrationPhase.HANDED_OVER) {
      try {
        target(now).drop(now.id(), name);
      } catch (VpsException e) {
        if (e.code() != Code.PEER_UNREACHABLE) {
          throw e;
        }
        if (!force) {
          throw new VpsException(
              Code.PEER_UNREACHABLE,
              "VPS '" + name + "' is not taken back",
              "it may run on host '"
                  + now.peer().name()
                  + "', which does not answer ("
                  + e.why()
                  + ")",
              "If that host is gone for good, say so: 'letargo migrate --take-back --yes "
                  + name
                  + "'. If it is not, there will be two.",
              e);
        }
        LOG.warn("vps={} is taken back from {}, which is said to be gone", name, now.peer().name());
      }
    }
    hook.takeBack(name, now.id(), true);
  }

  /** The very host that it was handed to. */
  private OtherHost target(Migration now) {
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
    new HandOver(hook)
        .settle(name, now.id(), target(now), patience, () -> {})
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
      target(open).find(open.id());
      return true;
    } catch (VpsException e) {
      LOG.debug("{} is open: {}", open.id(), e.getMessage());
      return false;
    }
  }
}
