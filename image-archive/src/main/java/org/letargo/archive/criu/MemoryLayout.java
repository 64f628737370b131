package org.letargo.archive.criu;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.letargo.archive.ArchiveException;

/**
 * Where the pages of one process (or piece of shared memory) lie in its {@code pages-N.img},
 * computed from its pagemap: one behind the other, those that are present. 24 bytes per run.
 */
public final class MemoryLayout {
  private static final int PAGE_BYTES = 4096;
  private static final int MAX_RUNS = 1 << 22;
  private static final long MAX_BYTES = 1L << 44;
  private static final long END_OF_MEMORY = 1L << 57; // five levels of page tables
  private static final int PRESENT = 4;

  private final String pagesFile;
  private long[] addresses = new long[64];
  private long[] ends = new long[64];
  private long[] offsets = new long[64];
  private int count;
  private long sizeBytes;

  private MemoryLayout(String pagesFile) {
    this.pagesFile = pagesFile;
  }

  /**
   * Reads a pagemap image.
   *
   * @param pagemap stays open
   * @param name for messages
   * @throws ArchiveException CORRUPT if it is none
   */
  public static MemoryLayout read(InputStream pagemap, String name) throws IOException {
    @SuppressWarnings("resource") // the stream is the caller's
    var image =
        ImageFile.open(name, new BufferedInputStream(pagemap, 65_536), ImageFile.Kind.PAGEMAP);
    long id = image.require().requireNumber(1);
    if (id < 0 || id > Integer.MAX_VALUE) {
      throw image.malformed("it names pages-" + Long.toUnsignedString(id) + ".img");
    }
    var layout = new MemoryLayout("pages-" + id + ".img");
    for (Optional<ProtoMessage> entry; (entry = image.next()).isPresent(); ) {
      layout.add(entry.get(), image);
    }
    return layout;
  }

  private void add(ProtoMessage run, ImageFile image) {
    long address = run.requireNumber(1);
    long pages = run.number(5).orElseGet(() -> run.requireNumber(2));
    if ((run.number(4).orElse(PRESENT) & PRESENT) == 0 || run.number(3).orElse(0) != 0) {
      return; // its content is not in this file
    }
    if (address % PAGE_BYTES != 0
        || address < (count == 0 ? 0 : ends[count - 1])
        || pages < 1
        || pages > (MAX_BYTES - sizeBytes) / PAGE_BYTES
        || address > END_OF_MEMORY - pages * PAGE_BYTES) {
      throw image.malformed(
          "a run of %s pages at %x is impossible or out of order"
              .formatted(Long.toUnsignedString(pages), address));
    }
    if (count == MAX_RUNS) {
      throw image.malformed("it has more than " + MAX_RUNS + " runs");
    }
    if (count == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
    }
    addresses[count] = address;
    ends[count] = address + pages * PAGE_BYTES;
    offsets[count++] = sizeBytes;
    sizeBytes += pages * PAGE_BYTES;
  }

  /** Name of the file that the pages lie in. */
  public String pagesFile() {
    return pagesFile;
  }

  /** How long that file is. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** Where in the file the byte of an address is; empty if no page has it. */
  public OptionalLong offset(long address) {
    int run = find(address);
    return run < 0
        ? OptionalLong.empty()
        : OptionalLong.of(offsets[run] + address - addresses[run]);
  }

  /** How many runs of pages there are. */
  int runs() {
    return count;
  }

  /** Where a run begins, in the memory of the process. */
  long start(int run) {
    return addresses[run];
  }

  /** Where a run ends. */
  long end(int run) {
    return ends[run];
  }

  /**
   * Which address the byte at this offset of the file has: the way back from {@link #offset}.
   *
   * @param offset from 0 to less than {@link #sizeBytes}
   */
  public long address(long offset) {
    int found = Arrays.binarySearch(offsets, 0, count, offset);
    int run = found >= 0 ? found : -found - 2;
    return addresses[run] + offset - offsets[run];
  }

  /** How many bytes follow in the same run from an address on; 0 if no page has it. */
  public long contiguousBytes(long address) {
    int run = find(address);
    return run < 0 ? 0 : ends[run] - address;
  }

  /**
   * Steps over the pieces that a pages file is cut into: all pages of one window, which lie one
   * behind another in the file.
   *
   * @param windowBytes a power of two
   */
  public Windows windows(int windowBytes) {
    return new Windows(windowBytes);
  }

  /** A place among the windows, in the order of their addresses. */
  public final class Windows {
    private final int windowBytes;
    private int run;
    private long at;
    private long address;
    private long offset;
    private long pages;
    private long bytes;

    private Windows(int windowBytes) {
      this.windowBytes = windowBytes;
      this.at = count == 0 ? 0 : addresses[0];
    }

    /** Steps to the next window that has pages; false at the end. */
    public boolean next() {
      if (run == count) {
        return false;
      }
      address = at & -windowBytes;
      offset = offsets[run] + at - addresses[run];
      pages = 0;
      bytes = 0;
      while (run < count && at - address < windowBytes) {
        long end = Math.min(ends[run], address + windowBytes);
        bytes += end - at;
        for (long page = at; page < end; page += PAGE_BYTES) {
          pages |= 1L << (page - address) / PAGE_BYTES;
        }
        at = end;
        if (at == ends[run]) {
          run++;
          at = run < count ? addresses[run] : at;
        }
      }
      return true;
    }

    /** Where it begins in memory. */
    public long address() {
      return address;
    }

    /** Where its first page is in the file. */
    public long offset() {
      return offset;
    }

    /** How much of it there is. */
    public long bytes() {
      return bytes;
    }

    /** Which of its first 64 pages there are, one bit each. */
    public long pages() {
      return pages;
    }
  }

  private int find(long address) {
    int found = Arrays.binarySearch(addresses, 0, count, address);
    int run = found >= 0 ? found : -found - 2;
    return run >= 0 && address < ends[run] ? run : -1;
  }
}
