package org.letargo.hook.pages;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Memory for pages in flight, never more than was allowed: who wants more waits until some is given
 * back. It is handed out from slabs of 4 MiB, one piece behind another, so that a run is read into
 * one stretch and little pieces take no more than they hold; a slab is free again when all its
 * pieces are.
 *
 * <p>For many threads. The memory is given back to the system when this is closed and the last
 * piece is. It counts as direct memory: {@code -XX:MaxDirectMemorySize}.
 */
public final class PageBuffers implements AutoCloseable {
  static final int SLAB_BYTES = 4 << 20;
  private static final int PAGE_BYTES = PageRun.PAGE_BYTES;

  private final Arena arena = Arena.ofShared();
  private int mostSlabs; // guarded by this
  private final Deque<Slab> free = new ArrayDeque<>(); // guarded by this
  private int made; // guarded by this
  private int out; // guarded by this
  private boolean closed; // guarded by this

  /**
   * @param mostBytes rounded down to slabs; at least two are made
   */
  public PageBuffers(long mostBytes) {
    this.mostSlabs = Math.clamp(mostBytes / SLAB_BYTES, 2, Integer.MAX_VALUE);
  }

  /**
   * Makes memory beforehand: the kernel takes its time to hand out pages, and a VPS should not be
   * frozen meanwhile.
   *
   * @param bytes how much will be needed; no more than the most is made
   */
  public synchronized void prepare(long bytes) {
    long wanted = Math.ceilDiv(bytes, SLAB_BYTES);
    while (made < Math.min(mostSlabs, wanted)) {
      makeIfPossible();
    }
  }

  private Slab make() {
    Slab slab = new Slab(arena.allocate(SLAB_BYTES, PAGE_BYTES).asByteBuffer());
    made++;
    return slab;
  }

  /** The JVM may have a tighter limit than we were told: that one holds then. */
  private void makeIfPossible() {
    try {
      free.add(make());
    } catch (OutOfMemoryError e) {
      if (made == 0) {
        throw e;
      }
      mostSlabs = made;
    }
  }

  /** An empty slab, its maker the first holder; waits for one. */
  synchronized Slab take() throws IOException {
    try {
      while (free.isEmpty() && !closed) {
        if (made < mostSlabs) {
          makeIfPossible();
        } else {
          wait();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for memory", e);
    }
    if (closed) {
      throw new IOException("the buffers were closed");
    }
    Slab slab = free.pop();
    out++;
    slab.reuse();
    return slab;
  }

  private synchronized void giveBack(Slab slab) {
    out--;
    free.push(slab); // the one that the processor still knows
    notifyAll();
    if (closed && out == 0) {
      arena.close();
    }
  }

  /** How much is lent at the moment. */
  public synchronized long lentBytes() {
    return (long) out * SLAB_BYTES;
  }

  /** Who waits fails; what is lent stays usable until it is given back. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      notifyAll();
      if (out == 0) {
        arena.close();
      }
    }
  }

  /** One thread fills it; any thread may give back its pieces. */
  final class Slab {
    private final ByteBuffer memory;
    private final AtomicInteger holders = new AtomicInteger();

    private Slab(ByteBuffer memory) {
      this.memory = memory;
    }

    private void reuse() {
      memory.clear();
      holders.set(1);
    }

    /** Where its maker writes next, with the room that is left. */
    ByteBuffer memory() {
      return memory;
    }

    /** Lends the bytes between two positions. */
    PageBuffer piece(int from, int to) {
      holders.incrementAndGet();
      return new PageBuffer(this, memory.slice(from, to - from));
    }

    void release() {
      if (holders.decrementAndGet() == 0) {
        giveBack(this);
      }
    }
  }
}
