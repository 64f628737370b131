package org.letargo.manager.operation;

import java.time.Duration;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsReport;

/**
 * Asks the hook for changes and finds out how they end, also when the hook dies meanwhile: it waits
 * for it to come back, within bounds, and asks how the operation ended. Its methods block.
 */
public final class HookCalls {
  private final HookClient hook;
  private final HookPatience patience;

  public HookCalls(HookClient hook, HookPatience patience) {
    this.hook = hook;
    this.patience = patience;
  }

  /** The client itself, for streams and questions. */
  public HookClient client() {
    return hook;
  }

  /**
   * Asks for a change and waits for its end.
   *
   * @return the answer; empty if the hook died meanwhile and the change succeeded nevertheless
   * @throws VpsException how it failed; INTERRUPTED if the hook died before it began,
   *     HOOK_UNREACHABLE if it did not come back
   */
  public <R> Optional<R> change(HookRequest.Change<R> change, ProgressListener progress) {
    try {
      return Optional.of(hook.call(change, progress));
    } catch (VpsException e) {
      if (e.code() != Code.HOOK_UNREACHABLE) {
        throw e;
      }
      follow(change.operation(), progress);
      return Optional.empty();
    }
  }

  /** Work that brings a VPS to life, and keeps which way that was done. */
  public Work bringingToLife(HookRequest.Change<VpsReport> change) {
    return run ->
        change(change, run::progress)
            .flatMap(VpsReport::resumed)
            .ifPresent(way -> run.made(new OperationResult.Life(way)));
  }

  /**
   * Waits for the end of a change that the hook may know.
   *
   * @throws VpsException how it failed; INTERRUPTED if it knows nothing of it, HOOK_UNREACHABLE if
   *     it is away for too long
   */
  public void follow(OperationId operation, ProgressListener progress) {
    while (true) {
      switch (find(operation)) {
        case OperationReport.Succeeded _ -> {
          return;
        }
        case OperationReport.Failed(Failure failure) -> throw failure.toException();
        case OperationReport.Unknown _ ->
            throw new VpsException(
                Code.INTERRUPTED,
                "the operation did not come to its end",
                "the hook was restarted before anything of it was to stay",
                "Nothing was changed; start it again.");
        case OperationReport.Running(Progress reached) -> {
          progress.on(reached);
          pause(patience.poll());
        }
      }
    }
  }

  /**
   * What the hook knows of an operation; waits for a hook that is away.
   *
   * @throws VpsException HOOK_UNREACHABLE if it is away for too long
   */
  public OperationReport find(OperationId operation) {
    return ask(new HookRequest.FindOperation(operation));
  }

  /**
   * Asks a question that changes nothing; waits for a hook that is away.
   *
   * @throws VpsException HOOK_UNREACHABLE if it is away for too long
   */
  public <R> R ask(HookRequest<R> question) {
    long awaySinceNanos = System.nanoTime();
    while (true) {
      try {
        return hook.call(question);
      } catch (VpsException e) {
        if (e.code() != Code.HOOK_UNREACHABLE) {
          throw e;
        }
        Duration away = Duration.ofNanos(System.nanoTime() - awaySinceNanos);
        if (away.compareTo(patience.absence()) >= 0) {
          throw new VpsException(
              Code.HOOK_UNREACHABLE,
              "the outcome of the operation is not known",
              "the hook has been away for " + away.toSeconds() + " s (" + e.why() + ")",
              "Start letargo-hook: it finishes the operation or rolls it back, and the VPS shows"
                  + " which.",
              e);
        }
        pause(patience.poll());
      }
    }
  }

  /**
   * Waits.
   *
   * @throws VpsException INTERRUPTED if the manager ends meanwhile
   */
  public static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VpsException(
          Code.INTERRUPTED,
          "the operation is no longer watched",
          "the manager ends",
          "It shows how it ended when the manager is started again.",
          e);
    }
  }
}
