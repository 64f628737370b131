package org.letargo.manager.web;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Writes from a virtual thread to a client, who may be slow: at most {@link #WINDOW_BYTES} are
 * under way, and the thread waits while they are. One thread writes.
 */
public final class Outbound {
  /** Enough to keep a fast client busy while the next part is made. */
  private static final int WINDOW_BYTES = 1 << 20;

  /** How long a client may take nothing before it counts as gone. */
  private static final Duration STALL = Duration.ofSeconds(60);

  private final Context context;
  private final Function<Buffer, Future<Void>> write;
  private final Semaphore window = new Semaphore(WINDOW_BYTES);
  private volatile Throwable broken;

  /**
   * @param write called on the context; its future ends when the bytes have gone to the kernel
   */
  public Outbound(Context context, Function<Buffer, Future<Void>> write) {
    this.context = context;
    this.write = write;
  }

  /** The client is gone; who writes learns it. Any thread. */
  public void broken(Throwable cause) {
    broken = cause;
    window.release(WINDOW_BYTES);
  }

  /**
   * Writes; the array must not change any more.
   *
   * @throws IOException if the client is gone or takes nothing
   */
  public void write(byte[] bytes) throws IOException {
    int size = Math.min(bytes.length, WINDOW_BYTES);
    acquire(size);
    context.runOnContext(_ ->
        write
            .apply(Buffer.buffer(bytes))
            .onComplete(
                _ -> window.release(size),
                cause -> {
                  broken(cause);
                }));
  }

  /** Waits until all has gone to the kernel. */
  public void drain() throws IOException {
    acquire(WINDOW_BYTES);
    window.release(WINDOW_BYTES);
  }

  private void acquire(int size) throws IOException {
    try {
      boolean room = window.tryAcquire(size, STALL.toSeconds(), TimeUnit.SECONDS);
      if (broken != null) {
        throw new IOException("the client hung up: " + broken.getMessage(), broken);
      }
      if (!room) {
        throw new IOException("the client took nothing for " + STALL.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the client", e);
    }
  }
}
