package org.letargo.archive.disk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.letargo.archive.checkpoint.ContentSink;
import org.letargo.archive.store.ChunkId;

/**
 * How an index says what a file is made of: its ranges of data, {@code count} and then offset and
 * length of each; then pieces up to the end, {@code length * 2} for zeros, {@code length * 2 + 1}
 * and an id for a chunk. Numbers are little endian groups of 7 bits, the last one below 128.
 */
final class MemberEntry {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  MemberEntry(SparseMap data) {
    ranges(data, out);
  }

  private static void ranges(SparseMap data, ByteArrayOutputStream out) {
    number(data.count(), out);
    for (int i = 0; i < data.count(); i++) {
      number(data.offset(i), out);
      number(data.length(i), out);
    }
  }

  void zeros(int lengthBytes) {
    number((long) lengthBytes << 1, out);
  }

  void chunk(int lengthBytes, ChunkId id) {
    number((long) lengthBytes << 1 | 1, out);
    out.writeBytes(id.bytes());
  }

  int lengthBytes() {
    return out.size();
  }

  ByteBuffer bytes() {
    return ByteBuffer.wrap(out.toByteArray());
  }

  /**
   * Puts the pieces of an entry into a file.
   *
   * @return false, and nothing was put, if the data lies in other ranges now or a chunk is gone
   */
  static boolean replay(ByteBuffer entry, SparseMap data, ContentSink sink) throws IOException {
    var expected = new ByteArrayOutputStream();
    ranges(data, expected);
    ByteBuffer ranges = ByteBuffer.wrap(expected.toByteArray());
    if (entry.remaining() < ranges.remaining()
        || !entry.slice(0, ranges.remaining()).equals(ranges)) {
      return false;
    }
    ByteBuffer pieces = entry.slice(ranges.remaining(), entry.remaining() - ranges.remaining());
    for (ByteBuffer rest = pieces.duplicate(); rest.hasRemaining(); ) {
      if ((number(rest) & 1) != 0 && !sink.retain(id(rest))) {
        return false;
      }
    }
    while (pieces.hasRemaining()) {
      long number = number(pieces);
      if ((number & 1) != 0) {
        sink.known((int) (number >>> 1), id(pieces));
      } else {
        sink.zeros(number >>> 1);
      }
    }
    return true;
  }

  private static ChunkId id(ByteBuffer from) {
    byte[] id = new byte[ChunkId.BYTES];
    from.get(id);
    return ChunkId.of(id);
  }

  private static void number(long number, ByteArrayOutputStream out) {
    long rest = number;
    for (; rest >= 0x80; rest >>>= 7) {
      out.write((int) (rest | 0x80));
    }
    out.write((int) rest);
  }

  private static long number(ByteBuffer from) {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = from.get();
      number |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return number;
      }
    }
  }
}
