package org.letargo.manager.operation;

import java.io.IOException;
import java.time.Instant;
import java.util.function.Function;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.HookStream.Item;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;

/**
 * Bytes that the hook sends and somebody takes, as fast as the slower of the two; nothing is kept.
 * The sink hears all that follows on the operation's thread.
 */
public final class Download implements Work {
  private final HookCalls hook;
  private final Function<OperationId, HookRequest.Change<Done>> request;
  private final String subject;
  private final FileSink sink;

  /**
   * @param request asks the hook for the bytes, as this operation of the hook
   * @param subject what is exported, in words: {@code VPS 'web1'}
   */
  public Download(
      HookCalls hook,
      Function<OperationId, HookRequest.Change<Done>> request,
      String subject,
      FileSink sink) {
    this.hook = hook;
    this.request = request;
    this.subject = subject;
    this.sink = sink;
  }

  @Override
  public void run(OperationRun run) {
    sink.begins(run.id());
    try (HookStream<Done> stream = hook.client().open(request.apply(run.hookOperation()))) {
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
          "the export of " + subject + " ended",
          "whoever took the file hung up (" + e.getMessage() + ")",
          "All is as it was; export it again.",
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

  /** The file is not whole, whatever the hook says; only its end is of interest. */
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
