package org.letargo.hook.pages;

import java.io.IOException;

/**
 * Takes the pages of a dump. Called by one thread, in this order; a failure ends the connection,
 * the dump fails and the VPS runs on:
 *
 * <pre>
 *   ( begin ( run | window )* end )*  finish
 * </pre>
 */
public interface PageSink {
  /** Windows begin at multiples of this of the address. */
  int WINDOW_BYTES = 1 << 16;

  /**
   * An object begins; none comes twice.
   *
   * @param pagesId its pages belong into {@code pages-N.img}, one behind another
   */
  void begin(PageObject object, int pagesId) throws IOException;

  /** The next run of the object: addresses only rise. Its content follows in windows. */
  void run(PageRun run) throws IOException;

  /**
   * All that the object has of one window, in the order of addresses without the gaps.
   *
   * @param address of the window, a multiple of {@link #WINDOW_BYTES}
   * @param content 1 to 16 pages; the sink's from now on, which closes it, at any time and in any
   *     thread
   */
  void window(long address, PageBuffer content) throws IOException;

  /** The object is complete. */
  void end() throws IOException;

  /**
   * All is there. When this returns the engine is told that nothing is lost: so it returns when
   * that is true.
   */
  void finish() throws IOException;
}
