package org.letargo.manager.archive;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.HookStream.Item;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.OperationRun;
import org.letargo.manager.operation.OperationState;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;
import org.letargo.manager.operation.Work;
import org.letargo.manager.vps.VpsClaims;
import org.letargo.manager.vps.VpsMove;
import org.letargo.manager.vps.VpsRegistry;

/** Begins exports. */
public final class ExportVps {
  private final VpsRegistry registry;
  private final VpsClaims claims;
  private final Operations operations;
  private final HookCalls hook;

  public ExportVps(VpsRegistry registry, VpsClaims claims, Operations operations, HookCalls hook) {
    this.registry = registry;
    this.claims = claims;
    this.operations = operations;
    this.hook = hook;
  }

  /**
   * Begins; the sink hears all that follows on the operation's thread.
   *
   * @throws VpsException NOT_FOUND, BUSY, WRONG_STATE, HOOK_UNREACHABLE; the sink hears nothing
   *     then
   */
  public Operation start(VpsName name, String by, ArchiveSink sink) {
    OperationId id = OperationId.create();
    registry.claim(name, VpsMove.EXPORT, id);
    try {
      Work work = claims.releasing(name, id, new Export(name, Optional.empty(), sink));
      return operations.start(id, OperationKind.EXPORT, new Subject.OfVps(name), by, work);
    } catch (RuntimeException e) {
      registry.release(name, id);
      throw e;
    }
  }

  /**
   * Begins the export of a checkpoint, beside whatever the VPS does; the sink hears all that
   * follows on the operation's thread.
   *
   * @throws VpsException BUSY if too many operations run; the sink hears nothing then
   */
  public Operation start(VpsName name, CheckpointId checkpoint, String by, ArchiveSink sink) {
    OperationId id = OperationId.create();
    Work work = new Export(name, Optional.of(checkpoint), sink);
    return operations.start(id, OperationKind.EXPORT, new Subject.OfVps(name), by, work);
  }

  private final class Export implements Work {
    private final VpsName name;
    private final Optional<CheckpointId> checkpoint;
    private final ArchiveSink sink;

    Export(VpsName name, Optional<CheckpointId> checkpoint, ArchiveSink sink) {
      this.name = name;
      this.checkpoint = checkpoint;
      this.sink = sink;
    }

    @Override
    public void run(OperationRun run) {
      sink.begins(run.id());
      try (HookStream<Done> stream =
          hook.client().open(new HookRequest.ExportVps(run.hookOperation(), name, checkpoint))) {
        copy(stream, run);
      } catch (VpsException e) {
        if (e.code() == Code.HOOK_UNREACHABLE) {
          awaitRollback(run);
        }
        throw e;
      } catch (IOException e) {
        // the stream is closed, so the hook ends the export
        awaitRollback(run);
        throw new VpsException(
            Code.CANCELLED,
            "the export of VPS '" + name + "' ended",
            "whoever took the archive hung up (" + e.getMessage() + ")",
            "The VPS is as it was; export it again.",
            e);
      }
    }

    private void copy(HookStream<Done> stream, OperationRun run) throws IOException {
      while (true) {
        switch (stream.next()) {
          case Item.Output<Done>(byte[] part) -> sink.write(part);
          case Item.Progressed<Done>(Progress progress) -> run.progress(progress);
          case Item.Finished<Done> _ -> {
            return;
          }
          case Item.ErrorOutput<Done> _, Item.Event<Done> _ -> {}
        }
      }
    }

    /** The archive is not whole, whatever the hook says; only its end is of interest. */
    private void awaitRollback(OperationRun run) {
      try {
        hook.follow(run.hookOperation(), run::progress);
      } catch (VpsException ended) {
        // as it should
      }
    }

    @Override
    public void ended(Operation operation) {
      switch (operation.state()) {
        case OperationState.Succeeded _ -> sink.ends();
        case OperationState.Failed(Instant _, Failure why) -> sink.fails(why);
        case OperationState.Cancelled(Instant _, Failure why) -> sink.fails(why);
        case OperationState.Running _ -> throw new IllegalStateException("it has not ended");
      }
    }
  }
}
