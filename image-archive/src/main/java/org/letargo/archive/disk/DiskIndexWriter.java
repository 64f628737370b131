package org.letargo.archive.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.zip.CRC32C;
import org.letargo.archive.DurableFiles;

/**
 * Writes a {@link DiskIndex} under a temporary name; {@link #commit} puts it in place. In memory is
 * only its table, 64 bytes per file. For one thread.
 */
final class DiskIndexWriter implements Closeable {
  private final Path file;
  private final Path temporary;
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(256 << 10).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C crc = new CRC32C();
  private ByteBuffer rows = ByteBuffer.allocate(64 * DiskIndex.ROW_BYTES);
  private long position;

  DiskIndexWriter(Path file) throws IOException {
    this.file = file;
    this.temporary = DurableFiles.temporaryOf(file);
    Files.deleteIfExists(temporary); // left over when a writer died
    this.channel = DurableFiles.create(temporary);
    put(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, DiskIndex.MAGIC));
  }

  void add(FileStatus status, ByteBuffer content) throws IOException {
    if (!rows.hasRemaining()) {
      int larger = Math.multiplyExact(2, rows.capacity());
      rows = ByteBuffer.allocate(larger).put(rows.flip());
    }
    rows.order(ByteOrder.LITTLE_ENDIAN)
        .putLong(status.device())
        .putLong(status.inode())
        .putLong(status.sizeBytes())
        .putLong(status.changedSeconds())
        .putLong(status.modifiedSeconds())
        .putInt(status.changedNanos())
        .putInt(status.modifiedNanos())
        .putLong(position)
        .putLong(content.remaining());
    put(content);
  }

  /** Makes the index durable and puts it in place of an older one. */
  void commit() throws IOException {
    long table = position;
    int count = rows.position() / DiskIndex.ROW_BYTES;
    ByteBuffer all = rows.flip().order(ByteOrder.LITTLE_ENDIAN);
    Integer[] order = new Integer[count];
    Arrays.setAll(order, row -> row * DiskIndex.ROW_BYTES);
    Arrays.sort(
        order,
        Comparator.comparingLong((Integer row) -> all.getLong(row))
            .thenComparingLong(row -> all.getLong(row + 8)));
    for (int row : order) {
      put(all.slice(row, DiskIndex.ROW_BYTES));
    }
    put(ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(0, table).putLong(8, count));
    flush();
    buffer.putInt((int) crc.getValue());
    flush();
    channel.force(true);
    channel.close();
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    DurableFiles.syncDirectory(file.toAbsolutePath().getParent());
  }

  private void put(ByteBuffer bytes) throws IOException {
    ByteBuffer rest = bytes.duplicate();
    position += rest.remaining();
    while (rest.hasRemaining()) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int n = Math.min(rest.remaining(), buffer.remaining());
      buffer.put(rest.slice(rest.position(), n));
      rest.position(rest.position() + n);
    }
  }

  private void flush() throws IOException {
    crc.update(buffer.flip().duplicate());
    DurableFiles.writeFully(channel, buffer);
    buffer.clear();
  }

  /** Removes what was not committed. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      channel.close();
      Files.deleteIfExists(temporary);
    }
  }
}
