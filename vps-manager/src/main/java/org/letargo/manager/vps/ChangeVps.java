package org.letargo.manager.vps;

import java.time.Duration;
import java.util.Optional;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationRun;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;
import org.letargo.manager.operation.Work;

/**
 * Begins changes of VPSes that are there: start, stop, restart, destroy, pause, suspend, resume.
 */
public final class ChangeVps {
  /** How long a VPS may take to shut down when nobody says another time. */
  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

  private final VpsRegistry registry;
  private final VpsClaims claims;
  private final Operations operations;
  private final HookCalls hook;

  public ChangeVps(VpsRegistry registry, VpsClaims claims, Operations operations, HookCalls hook) {
    this.registry = registry;
    this.claims = claims;
    this.operations = operations;
    this.hook = hook;
  }

  /**
   * Begins a change; it is journalled on return.
   *
   * @param grace how long a VPS may take to shut down, for those moves that stop it
   * @throws VpsException NOT_FOUND, BUSY, WRONG_STATE, HOOK_UNREACHABLE
   */
  public Operation start(VpsName name, VpsMove move, Duration grace, String by) {
    OperationId id = OperationId.create();
    Work work =
        switch (move) {
          case START -> once(new HookRequest.StartVps(id, name));
          case STOP -> once(new HookRequest.StopVps(id, name, grace));
          case RESTART -> restart(name, grace);
          case DESTROY -> once(new HookRequest.DestroyVps(id, name));
          case PAUSE -> once(new HookRequest.PauseVps(id, name));
          case UNPAUSE -> once(new HookRequest.UnpauseVps(id, name));
          case SUSPEND -> once(new HookRequest.SuspendVps(id, name));
          case RESUME, EXPORT, CHECKPOINT, REWIND, CLONE, FORGET, MIGRATE ->
              throw new IllegalArgumentException(move + " needs more than a VPS");
        };
    return begin(name, move, id, work, by);
  }

  /**
   * Begins to bring one back to life; it is journalled on return.
   *
   * @param eager whether all memory is to be there first
   * @throws VpsException NOT_FOUND, BUSY, WRONG_STATE, HOOK_UNREACHABLE
   */
  public Operation resume(VpsName name, boolean eager, String by) {
    OperationId id = OperationId.create();
    Work work = hook.bringingToLife(new HookRequest.ResumeVps(id, name, eager));
    return begin(name, VpsMove.RESUME, id, work, by);
  }

  /**
   * Begins to suspend a VPS, if its checkpoint passes a verification.
   *
   * @throws VpsException NOT_FOUND, BUSY, WRONG_STATE, HOOK_UNREACHABLE
   */
  Operation suspend(VpsName name, Optional<VerifyDepth> verify, String by) {
    OperationId id = OperationId.create();
    return begin(name, VpsMove.SUSPEND, id, once(new HookRequest.SuspendVps(id, name, verify)), by);
  }

  private Operation begin(VpsName name, VpsMove move, OperationId id, Work work, String by) {
    registry.claim(name, move, id);
    try {
      return operations.start(
          id, move.kind(), new Subject.OfVps(name), by, claims.releasing(name, id, work));
    } catch (RuntimeException e) {
      registry.release(name, id);
      throw e;
    }
  }

  private Work once(HookRequest.Change<?> change) {
    return run -> hook.change(change, run::progress);
  }

  private Work restart(VpsName name, Duration grace) {
    return run -> {
      hook.change(new HookRequest.StopVps(run.hookOperation(), name, grace), run::progress);
      run.nextStep();
      hook.change(new HookRequest.StartVps(run.hookOperation(), name), run::progress);
    };
  }

  /**
   * A restart that was running when the manager ended: goes on from the step that it had reached.
   */
  public Work continuedRestart(VpsName name) {
    return run -> {
      if (run.step() == 0) {
        hook.follow(run.hookOperation(), run::progress);
        run.nextStep();
      }
      startUnlessBegun(run, name);
    };
  }

  /** The second step is journalled before the hook hears of it, so it may never have heard. */
  private void startUnlessBegun(OperationRun run, VpsName name) {
    if (hook.find(run.hookOperation()) instanceof OperationReport.Unknown) {
      hook.change(new HookRequest.StartVps(run.hookOperation(), name), run::progress);
    } else {
      hook.follow(run.hookOperation(), run::progress);
    }
  }
}
