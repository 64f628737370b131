package org.letargo.hook.pages;

import java.io.IOException;
import java.nio.file.Path;

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

  /**
   * Writes the pagemap of a process with lazy runs.
   *
   * @param runs address and number of pages of each
   */
  public static void pagemap(Path file, int pagesId, long... runs) throws IOException {
    try (PagemapWriter writer = new PagemapWriter(file, PageProtocol.SINCE_4_2, pagesId)) {
      for (int i = 0; i < runs.length; i += 2) {
        writer.write(new PageRun(runs[i], runs[i + 1], true, true));
      }
    }
  }
}
