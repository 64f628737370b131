package org.letargo.archive.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Which ranges of a file hold data. Never more than {@value #MAX_RANGES}: beyond that the smallest
 * holes are stored as zeros.
 */
final class SparseMap {
  static final int MAX_RANGES = 65_536;

  private long[] offsets = new long[16];
  private long[] ends = new long[16];
  private int count;
  private long smallestHoleBytes = 1;

  /** Holes of smaller files are not looked for. */
  private static final long MIN_SPARSE_BYTES = 64 << 10;

  /** Where data is, as it goes into a tar. */
  @FunctionalInterface
  interface Ranges {
    void forEach(FileSystemCalls.RangeVisitor visitor) throws IOException;
  }

  /** The map of a regular file; small ones are data from end to end. */
  static SparseMap of(long sizeBytes, Ranges ranges) throws IOException {
    var map = new SparseMap();
    if (sizeBytes >= MIN_SPARSE_BYTES) {
      ranges.forEach(map::add);
    } else {
      map.add(0, sizeBytes);
    }
    return map;
  }

  /** Adds a range behind all others. */
  void add(long offset, long lengthBytes) {
    if (lengthBytes == 0) {
      return;
    }
    if (count > 0 && offset - ends[count - 1] < smallestHoleBytes) {
      ends[count - 1] = offset + lengthBytes;
      return;
    }
    while (count == MAX_RANGES) {
      smallestHoleBytes = Math.max(8192, smallestHoleBytes * 2);
      closeSmallHoles();
    }
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, count * 2);
      ends = Arrays.copyOf(ends, count * 2);
    }
    offsets[count] = offset;
    ends[count++] = offset + lengthBytes;
  }

  private void closeSmallHoles() {
    int kept = 1;
    for (int i = 1; i < count; i++) {
      if (offsets[i] - ends[kept - 1] < smallestHoleBytes) {
        ends[kept - 1] = ends[i];
      } else {
        offsets[kept] = offsets[i];
        ends[kept++] = ends[i];
      }
    }
    count = kept;
  }

  int count() {
    return count;
  }

  long offset(int range) {
    return offsets[range];
  }

  long length(int range) {
    return ends[range] - offsets[range];
  }

  /** Where the last range ends; 0 if there is none. */
  long end() {
    return count == 0 ? 0 : ends[count - 1];
  }

  /** Bytes of all ranges. */
  long dataBytes() {
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes += length(i);
    }
    return bytes;
  }

  boolean covers(long sizeBytes) {
    return sizeBytes == 0 || count == 1 && offsets[0] == 0 && ends[0] == sizeBytes;
  }

  /**
   * GNU's form 1.0: decimal lines, count first, filled with zeros to whole blocks. A hole at the
   * end is closed by an empty range, as GNU tar does and Commons Compress demands.
   */
  byte[] encode(long sizeBytes) {
    boolean closing = end() < sizeBytes;
    var text = new StringBuilder().append(closing ? count + 1 : count).append('\n');
    for (int i = 0; i < count; i++) {
      text.append(offsets[i]).append('\n').append(length(i)).append('\n');
    }
    if (closing) {
      text.append(sizeBytes).append("\n0\n");
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    return Arrays.copyOf(bytes, bytes.length + TarBlocks.paddingBytes(bytes.length));
  }
}
