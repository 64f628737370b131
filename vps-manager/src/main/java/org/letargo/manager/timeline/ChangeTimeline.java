package org.letargo.manager.timeline;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Timeline;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.OperationResult;
import org.letargo.manager.operation.OperationRun;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;
import org.letargo.manager.operation.Work;
import org.letargo.manager.vps.VpsClaims;
import org.letargo.manager.vps.VpsMove;
import org.letargo.manager.vps.VpsRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins what changes the timeline of a VPS: checkpoint, rewind, forget. */
public final class ChangeTimeline {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeTimeline.class);

  private final VpsRegistry registry;
  private final VpsClaims claims;
  private final Operations operations;
  private final HookCalls hook;

  public ChangeTimeline(
      VpsRegistry registry, VpsClaims claims, Operations operations, HookCalls hook) {
    this.registry = registry;
    this.claims = claims;
    this.operations = operations;
    this.hook = hook;
  }

  /**
   * Begins a checkpoint that somebody asked for.
   *
   * @param label empty for none
   * @param note empty for none
   * @param verify what it is to pass
   * @throws VpsException NOT_FOUND, BUSY, WRONG_STATE, HOOK_UNREACHABLE
   */
  public Operation checkpoint(
      VpsName name, String label, String note, Optional<VerifyDepth> verify, String by) {
    OperationId id = OperationId.create();
    var request =
        new HookRequest.CheckpointVps(id, name, CheckpointKind.MANUAL, label, note, verify);
    return start(name, VpsMove.CHECKPOINT, id, by, run -> take(run, request));
  }

  /**
   * Begins a checkpoint of a schedule, and then forgets those that its rule lets go, as further
   * steps. That some could not be forgotten does not make a failure of it.
   *
   * @param rule which checkpoints of the timeline go
   * @param ended hears how it ended
   * @throws VpsException NOT_FOUND, BUSY, WRONG_STATE, HOOK_UNREACHABLE; nobody hears of it then
   */
  public Operation scheduled(
      VpsName name,
      String by,
      Function<List<TimelineEntry>, List<CheckpointId>> rule,
      Consumer<Operation> ended) {
    OperationId id = OperationId.create();
    var request = new HookRequest.CheckpointVps(id, name, CheckpointKind.SCHEDULED, "", "");
    Work work =
        new Work() {
          @Override
          public void run(OperationRun run) {
            take(run, request);
            thin(run, name, rule);
          }

          @Override
          public void ended(Operation operation) {
            ended.accept(operation);
          }
        };
    return start(name, VpsMove.CHECKPOINT, id, by, work);
  }

  private void take(OperationRun run, HookRequest.CheckpointVps request) {
    Optional<CheckpointId> taken =
        hook.change(request, run::progress).map(entry -> entry.checkpoint().id());
    taken
        .or(() -> here(request.name()))
        .ifPresent(id -> run.made(new OperationResult.Checkpoint(id)));
  }

  /** While the VPS is claimed nothing else moves it: this is the checkpoint that was just taken. */
  private Optional<CheckpointId> here(VpsName name) {
    return hook.client().call(new HookRequest.ListCheckpoints(name)).here();
  }

  private void thin(
      OperationRun run, VpsName name, Function<List<TimelineEntry>, List<CheckpointId>> rule) {
    try {
      Timeline timeline = hook.client().call(new HookRequest.ListCheckpoints(name));
      for (CheckpointId old : rule.apply(timeline.checkpoints())) {
        run.nextStep();
        hook.change(
            new HookRequest.ForgetCheckpoint(run.hookOperation(), name, old), run::progress);
      }
    } catch (VpsException e) {
      LOG.warn("vps={} op={} {}, continuing without it", name, run.id(), e.getMessage());
    }
  }

  /** A checkpoint that was being taken when the manager ended: it tells which it is. */
  public Work continuedCheckpoint(VpsName name) {
    return run -> {
      try {
        hook.follow(run.hookOperation(), run::progress);
      } catch (VpsException e) {
        if (run.step() == 0) {
          throw e;
        }
        LOG.warn("vps={} op={} {}, continuing without it", name, run.id(), e.getMessage());
      }
      here(name).ifPresent(id -> run.made(new OperationResult.Checkpoint(id)));
    };
  }

  /**
   * Begins to make the VPS what it was.
   *
   * @param discardCurrent do not keep the present
   * @throws VpsException NOT_FOUND, BUSY, HOOK_UNREACHABLE
   */
  public Operation rewind(
      VpsName name, CheckpointId checkpoint, boolean discardCurrent, String by) {
    OperationId id = OperationId.create();
    var request = new HookRequest.RewindVps(id, name, checkpoint, discardCurrent);
    return start(name, VpsMove.REWIND, id, by, hook.bringingToLife(request));
  }

  /**
   * Begins to remove a checkpoint.
   *
   * @throws VpsException NOT_FOUND, BUSY, HOOK_UNREACHABLE
   */
  public Operation forget(VpsName name, CheckpointId checkpoint, String by) {
    OperationId id = OperationId.create();
    var request = new HookRequest.ForgetCheckpoint(id, name, checkpoint);
    return start(name, VpsMove.FORGET, id, by, run -> hook.change(request, run::progress));
  }

  /**
   * Begins to find out whether a checkpoint can be restored, beside whatever its VPS does.
   *
   * @throws VpsException BUSY if too many operations run
   */
  public Operation verify(VpsName name, CheckpointId checkpoint, VerifyDepth depth, String by) {
    OperationId id = OperationId.create();
    var request = new HookRequest.VerifyCheckpoint(id, name, checkpoint, depth);
    return operations.start(
        id,
        OperationKind.VERIFY,
        new Subject.OfVps(name),
        by,
        run -> {
          hook.change(request, run::progress);
          run.made(new OperationResult.Checkpoint(checkpoint));
        });
  }

  private Operation start(VpsName name, VpsMove move, OperationId id, String by, Work work) {
    registry.claim(name, move, id);
    try {
      return operations.start(
          id, move.kind(), new Subject.OfVps(name), by, claims.releasing(name, id, work));
    } catch (RuntimeException e) {
      registry.release(name, id);
      throw e;
    }
  }
}
