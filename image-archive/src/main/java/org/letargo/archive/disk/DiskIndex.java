package org.letargo.archive.disk;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What the files of a disk were made of when they were read last: for each the chunks of its
 * content, as long as its inode, size and times are the same. A file of the host, mapped into
 * memory. It is a cache: an index that is missing or broken is an empty one.
 *
 * <p>Little endian: 8 bytes of magic, the entries' contents, a table of 64 bytes per file sorted by
 * device and inode, then where the table begins (8), how many files it has (8), the CRC-32C of all
 * that (4).
 */
final class DiskIndex implements Closeable {
  static final long MAGIC = 0x3178646E_6774656CL; // "letgndx1"
  static final int HEADER_BYTES = Long.BYTES;
  static final int ROW_BYTES = 64;
  static final int FOOTER_BYTES = 2 * Long.BYTES + Integer.BYTES;

  private final Optional<Arena> memory;
  private final ByteBuffer bytes;
  private final int table;
  private final int count;

  private DiskIndex(Optional<Arena> memory, ByteBuffer bytes, int table, int count) {
    this.memory = memory;
    this.bytes = bytes;
    this.table = table;
    this.count = count;
  }

  /** Knows nothing. */
  static DiskIndex empty() {
    return new DiskIndex(Optional.empty(), ByteBuffer.allocate(0), 0, 0);
  }

  /** Opens an index; an empty one if there is none, or it is not whole. */
  static DiskIndex open(Path file) throws IOException {
    Arena memory = Arena.ofShared();
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      long size = channel.size();
      if (size >= HEADER_BYTES + FOOTER_BYTES && size <= Integer.MAX_VALUE) {
        ByteBuffer bytes =
            channel
                .map(FileChannel.MapMode.READ_ONLY, 0, size, memory)
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
        if (isWhole(bytes)) {
          int footer = bytes.capacity() - FOOTER_BYTES;
          return new DiskIndex(
              Optional.of(memory),
              bytes,
              (int) bytes.getLong(footer),
              (int) bytes.getLong(footer + Long.BYTES));
        }
      }
    } catch (NoSuchFileException e) {
      // the first time
    }
    memory.close();
    return empty();
  }

  private static boolean isWhole(ByteBuffer bytes) {
    int crcAt = bytes.capacity() - Integer.BYTES;
    var crc = new CRC32C();
    crc.update(bytes.slice(0, crcAt));
    if (bytes.getInt(crcAt) != (int) crc.getValue() || bytes.getLong(0) != MAGIC) {
      return false;
    }
    int footer = bytes.capacity() - FOOTER_BYTES;
    long table = bytes.getLong(footer);
    long count = bytes.getLong(footer + Long.BYTES);
    return table >= HEADER_BYTES && count >= 0 && table + count * ROW_BYTES == footer;
  }

  /**
   * What a file is made of, if it is what it was.
   *
   * @return the entry's content, to read
   */
  Optional<ByteBuffer> find(FileStatus status) {
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = low + high >>> 1;
      int row = table + middle * ROW_BYTES;
      int order = Long.compare(bytes.getLong(row), status.device());
      if (order == 0) {
        order = Long.compare(bytes.getLong(row + 8), status.inode());
      }
      if (order == 0) {
        return isSame(row, status) ? Optional.of(content(row)) : Optional.empty();
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Optional.empty();
  }

  private boolean isSame(int row, FileStatus status) {
    return bytes.getLong(row + 16) == status.sizeBytes()
        && bytes.getLong(row + 24) == status.changedSeconds()
        && bytes.getLong(row + 32) == status.modifiedSeconds()
        && bytes.getInt(row + 40) == status.changedNanos()
        && bytes.getInt(row + 44) == status.modifiedNanos();
  }

  private ByteBuffer content(int row) {
    return bytes
        .slice((int) bytes.getLong(row + 48), (int) bytes.getLong(row + 56))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** How many files it knows. */
  int count() {
    return count;
  }

  @Override
  public void close() {
    memory.ifPresent(Arena::close);
  }
}
