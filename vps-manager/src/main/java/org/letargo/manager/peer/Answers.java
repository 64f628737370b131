package org.letargo.manager.peer;

import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

/** Waits for what event loops do. Not on one of them. */
final class Answers {
  private static final long PATIENCE_SECONDS = 30;

  private Answers() {}

  /**
   * The result.
   *
   * @param failed makes what is thrown of what it failed with, unless that is a VpsException itself
   */
  static <T> T await(Future<T> future, Function<Throwable, VpsException> failed) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof VpsException known ? known : failed.apply(e.getCause());
    } catch (TimeoutException e) {
      throw failed.apply(new TimeoutException("no answer for " + PATIENCE_SECONDS + " s"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VpsException(
          Code.INTERRUPTED, "the call of a peer ended", "the manager ends", "", e);
    }
  }

  /** Waits for its end, whatever it is. */
  static void awaitQuietly(Future<?> future) {
    try {
      await(future, why -> VpsException.internal("it did not end", why));
    } catch (VpsException e) {
      // the process ends; the kernel closes what is left
    }
  }
}
