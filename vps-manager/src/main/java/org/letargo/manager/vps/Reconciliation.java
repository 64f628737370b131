package org.letargo.manager.vps;

import java.util.Map;
import java.util.function.Function;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Journalled;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Work;

/**
 * Takes up, when the manager starts, what was running when it ended: every such operation asks the
 * hook how it ended, or follows it to its end. None is left running for ever.
 */
public final class Reconciliation {
  private final VpsRegistry registry;
  private final VpsClaims claims;
  private final Operations operations;
  private final Map<OperationKind, Function<VpsName, Work>> continued;
  private final HookCalls hook;

  /**
   * @param continued how operations of some kinds go on, on a VPS; all others ask how they ended
   */
  public Reconciliation(
      VpsRegistry registry,
      VpsClaims claims,
      Operations operations,
      Map<OperationKind, Function<VpsName, Work>> continued,
      HookCalls hook) {
    this.registry = registry;
    this.claims = claims;
    this.operations = operations;
    this.continued = Map.copyOf(continued);
    this.hook = hook;
  }

  /** Takes up all of them; call it before anybody can begin another change. */
  public void run() {
    operations.unfinished().forEach(this::takeUp);
  }

  private void takeUp(Journalled journalled) {
    Operation operation = journalled.operation();
    operation
        .subject()
        .vps()
        .ifPresentOrElse(
            name -> takeUp(journalled, name), () -> operations.resume(journalled, follow()));
  }

  private void takeUp(Journalled journalled, VpsName name) {
    Operation operation = journalled.operation();
    if (operation.kind() == OperationKind.VERIFY
        || operation.kind() == OperationKind.REMEMBER) { // they change nothing: others may
      operations.resume(journalled, follow());
      return;
    }
    registry.reclaim(name, changing(operation.kind(), operation.id()));
    Work work = continued.getOrDefault(operation.kind(), _ -> follow()).apply(name);
    operations.resume(journalled, claims.releasing(name, operation.id(), work));
  }

  private Work follow() {
    return run -> hook.follow(run.hookOperation(), run::progress);
  }

  private static VpsState.Changing changing(OperationKind kind, OperationId id) {
    return switch (kind) {
      case CREATE -> new VpsState.Creating(id);
      case START -> new VpsState.Starting(id);
      case STOP -> new VpsState.Stopping(id);
      case RESTART -> new VpsState.Restarting(id);
      case DESTROY -> new VpsState.Destroying(id);
      case SUSPEND -> new VpsState.Suspending(id);
      case RESUME -> new VpsState.Resuming(id);
      case PAUSE -> new VpsState.Pausing(id);
      case UNPAUSE -> new VpsState.Unpausing(id);
      case EXPORT, SEND -> new VpsState.Exporting(id);
      case IMPORT, RECEIVE -> new VpsState.Importing(id);
      case MIGRATE, TAKE_BACK -> new VpsState.Migrating(id);
      case ARRIVE -> new VpsState.Arriving(id);
      case CHECKPOINT -> new VpsState.Checkpointing(id);
      case REWIND -> new VpsState.Rewinding(id);
      case CLONE -> new VpsState.Cloning(id);
      case FORGET -> new VpsState.Forgetting(id);
      case VERIFY,
          REMEMBER,
          TEMPLATE_BUILD,
          TEMPLATE_ADD,
          TEMPLATE_EXPORT,
          TEMPLATE_REMOVE,
          STORE_CHECK,
          STORE_GC,
          STORE_REPAIR ->
          throw new IllegalArgumentException("it changes no VPS: " + kind.word());
    };
  }
}
