package org.letargo.archive.store.pack;

import java.io.InterruptedIOException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/** A bounded number of {@link Unpacker}s for the threads that read; more of these wait. */
final class Unpackers implements AutoCloseable {
  private final StoreKeys keys;
  private final Semaphore free;
  private final int count;
  private final ConcurrentLinkedDeque<Unpacker> idle = new ConcurrentLinkedDeque<>();

  Unpackers(StoreKeys keys, int count) {
    this.keys = keys;
    this.count = count;
    this.free = new Semaphore(count);
  }

  Unpacker take() throws InterruptedIOException {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the store was busy");
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
    idle.forEach(Unpacker::close);
    idle.clear();
  }
}
