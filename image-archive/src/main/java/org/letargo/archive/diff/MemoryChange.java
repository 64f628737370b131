package org.letargo.archive.diff;

/**
 * How memory has changed.
 *
 * @param beforeBytes pages in the earlier checkpoint
 * @param afterBytes pages in the later one
 * @param changedBytes of these, what is not as it was at the same address, counted in windows of 64
 *     KiB: at most so much has changed, and at least a page for each window
 */
public record MemoryChange(long beforeBytes, long afterBytes, long changedBytes) {
  static final MemoryChange NONE = new MemoryChange(0, 0, 0);

  MemoryChange plus(MemoryChange other) {
    return new MemoryChange(
        beforeBytes + other.beforeBytes,
        afterBytes + other.afterBytes,
        changedBytes + other.changedBytes);
  }

  /** Whether not a byte is different. */
  public boolean isNone() {
    return changedBytes == 0 && beforeBytes == afterBytes;
  }
}
