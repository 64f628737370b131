package org.letargo.archive.store.pack;

import java.io.InterruptedIOException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/** A bounded number of {@link Unpacker}s for the threads that read; more of these wait. */
final class Unpackers implements AutoCloseable {
  private final StoreKeys keys;
  private final Semaphore free;
  private final int count;
  private volatile boolean closed;
  private final ConcurrentLinkedDeque<Unpacker> idle = new ConcurrentLinkedDeque<>();

  Unpackers(StoreKeys keys, int count) {
    this.keys = keys;
    this.count = count;
    this.free = new Semaphore(count);
  }

  /**
   * @throws IllegalStateException after {@link #close}
   */
  Unpacker take() throws InterruptedIOException {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the store was busy");
    }
    if (closed) {
      free.release();
      throw new IllegalStateException("the store is closed");
    }
    Unpacker known = idle.poll(); // the last one given back: its buffers are in the cache
    return known != null ? known : new Unpacker(keys);
  }

  void giveBack(Unpacker unpacker) {
    idle.push(unpacker);
    free.release();
  }

  /** Waits for those that are in use. */
  @Override
  public void close() {
    free.acquireUninterruptibly(count);
    closed = true;
    free.release(count); // for those that came too late
    idle.forEach(Unpacker::close);
    idle.clear();
  }
}
