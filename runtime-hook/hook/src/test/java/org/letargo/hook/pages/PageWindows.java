package org.letargo.hook.pages;

import java.io.IOException;

/** Windows as a receiver hands them on, for tests of sinks. */
public final class PageWindows {
  private PageWindows() {}

  /** One window with this content. */
  public static PageBuffer of(PageBuffers buffers, byte[] content) throws IOException {
    PageBuffers.Slab slab = buffers.take();
    try {
      slab.memory().put(content);
      return slab.piece(0, content.length);
    } finally {
      slab.release(); // the window holds it on
    }
  }
}
