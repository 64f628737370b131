package org.letargo.manager.store;

import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.StoreReport;
import org.letargo.hook.protocol.StoreWork;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.OperationResult;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;

/** Looks at the store and begins work on it. Its methods block. */
public final class MaintainStore {
  private final Operations operations;
  private final HookCalls hook;

  public MaintainStore(Operations operations, HookCalls hook) {
    this.operations = operations;
    this.hook = hook;
  }

  /**
   * @throws VpsException HOOK_UNREACHABLE
   */
  StoreReport report() {
    return hook.client().call(new HookRequest.DescribeStore());
  }

  /**
   * Begins; damage that it finds is in its result, and does not make a failure of it.
   *
   * @throws VpsException BUSY if too many operations run
   */
  Operation start(StoreWork work, String by) {
    OperationId id = OperationId.create();
    HookRequest.MaintainStore request = new HookRequest.MaintainStore(id, work);
    return operations.start(
        id,
        kind(work),
        new Subject.OfStore(),
        by,
        run ->
            hook.change(request, run::progress)
                .ifPresent(findings -> run.made(new OperationResult.Findings(findings))));
  }

  private static OperationKind kind(StoreWork work) {
    return switch (work) {
      case CHECK -> OperationKind.STORE_CHECK;
      case COLLECT -> OperationKind.STORE_GC;
      case REPAIR -> OperationKind.STORE_REPAIR;
    };
  }
}
