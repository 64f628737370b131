package org.letargo.hook.pages;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** Bytes that are lent by {@link PageBuffers}; closing it gives them back, once. */
public final class PageBuffer implements AutoCloseable {
  private final PageBuffers.Slab slab;
  private final ByteBuffer bytes;
  private final AtomicBoolean closed = new AtomicBoolean();

  PageBuffer(PageBuffers.Slab slab, ByteBuffer bytes) {
    this.slab = slab;
    this.bytes = bytes;
  }

  /** The content, from position to limit, outside the heap. Not to be used after close. */
  public ByteBuffer bytes() {
    if (closed.get()) {
      throw new IllegalStateException("the buffer was given back");
    }
    return bytes;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      slab.release();
    }
  }
}
