package org.letargo.archive;

/**
 * Hears how far a long read or write is, on the thread that called it, some times per megabyte.
 * What it throws ends the work, which then cleans up after itself: that is how a caller cancels.
 */
@FunctionalInterface
public interface TransferProgress {
  TransferProgress NONE = (doneBytes, totalBytes) -> {};

  /**
   * @param doneBytes of the files' bytes, never falling
   * @param totalBytes all of them
   */
  void on(long doneBytes, long totalBytes);
}
