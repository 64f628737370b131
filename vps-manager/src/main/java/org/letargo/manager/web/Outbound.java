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
 * Writes from a virtual thread to a client, who may be slow: only so much is under way, and the
 * thread waits while it is. One thread writes.
 */
public final class Outbound {
  /** Enough to keep a fast client busy while the next part is made. */
  private static final int WINDOW_BYTES = 1 << 20;

  /** How long a client may take nothing before it counts as gone. */
  private static final Duration STALL = Duration.ofSeconds(60);

  private final Context context;
  private final Function<Buffer, Future<Void>> write;
  private final int windowBytes;
  private final Semaphore window;
  private volatile Throwable broken;

  private Outbound(Context context, Function<Buffer, Future<Void>> write, int windowBytes) {
    this.context = context;
    this.write = write;
    this.windowBytes = windowBytes;
    this.window = new Semaphore(windowBytes);
  }

  /**
   * For a connection of its own.
   *
   * @param write called on the context; its future ends when the bytes have gone to the kernel
   */
  public static Outbound of(Context context, Function<Buffer, Future<Void>> write) {
    return new Outbound(context, write, WINDOW_BYTES);
  }

  /**
   * For a stream of HTTP/2: what is written goes before the next is handed over. Vert.x before
   * 5.1.10 takes a stream for full for ever if something of it is queued when another stream or the
   * link has room again (eclipse-vertx/vert.x#6359), so nothing must be queued.
   *
   * @param write as in {@link #of}
   */
  public static Outbound ofStream(Context context, Function<Buffer, Future<Void>> write) {
    return new Outbound(context, write, 1);
  }

  /** The client is gone; who writes learns it. Any thread. */
  public void broken(Throwable cause) {
    broken = cause;
    window.release(windowBytes);
  }

  /**
   * Writes; the array must not change any more.
   *
   * @throws IOException if the client is gone or takes nothing
   */
  public void write(byte[] bytes) throws IOException {
    int size = Math.min(bytes.length, windowBytes);
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
    acquire(windowBytes);
    window.release(windowBytes);
  }

  private void acquire(int size) throws IOException {
    try {
      boolean room = window.tryAcquire(size, STALL.toSeconds(), TimeUnit.SECONDS);
      if (broken != null) {
        window.release(windowBytes); // who writes again learns it as well
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
