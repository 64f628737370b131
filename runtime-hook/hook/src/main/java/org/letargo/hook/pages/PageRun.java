package org.letargo.hook.pages;

/**
 * Pages that follow one another in memory.
 *
 * @param address of the first one, in bytes: virtual, or the offset in shared memory
 * @param pages how many of {@value #PAGE_BYTES} bytes each
 * @param lazy whether a restore may bring them when they are asked for; the engine says so of
 *     private anonymous memory
 * @param present whether their content lies in the pages image
 */
public record PageRun(long address, long pages, boolean lazy, boolean present) {
  public static final int PAGE_BYTES = 4096;

  /** User space of x86-64 with five levels and of arm64 ends below. */
  static final long END_OF_MEMORY = 1L << 57;

  public PageRun {
    if (!isPossible(address, pages)) {
      throw new IllegalArgumentException(
          "no memory has %s pages at %s"
              .formatted(Long.toUnsignedString(pages), Long.toHexString(address)));
    }
  }

  /** Whether there can be such a run; for numbers that somebody else says. */
  static boolean isPossible(long address, long pages) {
    return address >= 0
        && address < END_OF_MEMORY
        && address % PAGE_BYTES == 0
        && pages > 0
        && pages <= (END_OF_MEMORY - address) / PAGE_BYTES;
  }

  public long bytes() {
    return pages * PAGE_BYTES;
  }

  /** The first address behind it. */
  public long end() {
    return address + bytes();
  }
}
