package org.letargo.hook.pages;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the pages of a checkpoint are kept. Called by one thread at a time. */
@FunctionalInterface
public interface PageSource {
  /**
   * Reads pages that follow one another within one run of the object's pagemap.
   *
   * @param address of the first one
   * @param into filled from its position to its limit, whole pages
   * @throws IOException if they are not there, or are not what they were
   */
  void read(PageObject object, long address, ByteBuffer into) throws IOException;

  /**
   * All pages that are wanted were read, and are where they belong. Called at most once, before the
   * VPS is let go of.
   *
   * @throws IOException if the VPS must not go on with them all the same
   */
  default void complete() throws IOException {}
}
