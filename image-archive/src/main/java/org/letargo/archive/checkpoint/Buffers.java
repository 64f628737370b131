package org.letargo.archive.checkpoint;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * A few buffers of one size, lent and given back by any thread. They are what bounds the memory of
 * a writer: whoever wants one more waits until a chunk has been stored.
 */
public final class Buffers {
  private final int sizeBytes;
  private final Semaphore free;
  private final Queue<ByteBuffer> idle = new ConcurrentLinkedQueue<>();

  /**
   * @param count how many may be lent at once
   */
  public Buffers(int sizeBytes, int count) {
    this.sizeBytes = sizeBytes;
    this.free = new Semaphore(count);
  }

  /** An empty buffer in the heap, where the JDK hashes fastest. Waits until one is free. */
  public ByteBuffer take() throws java.io.IOException {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.nio.channels.ClosedByInterruptException();
    }
    ByteBuffer buffer = idle.poll();
    return buffer == null ? ByteBuffer.allocate(sizeBytes) : buffer.clear();
  }

  /** Takes one back. */
  public void give(ByteBuffer buffer) {
    idle.add(buffer);
    free.release();
  }
}
