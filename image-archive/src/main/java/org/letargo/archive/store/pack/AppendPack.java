package org.letargo.archive.store.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.SecretKey;
import org.letargo.archive.DurableFiles;
import org.letargo.archive.store.ChunkId;

/**
 * A pack that is being written. One {@link PackAppender} appends, under its lock; any thread makes
 * durable; {@link #finish} comes once, after the last append.
 */
final class AppendPack {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final int number;
  private final FileChannel channel;
  private final Optional<SecretKey> key;
  private final List<PackFormat.Row> rows = new ArrayList<>();
  private int sequence;
  private boolean broken;

  /** Where the next entry begins: all before it is whole. */
  private volatile int end = PackFormat.HEADER_BYTES;

  /** What is durable; written under this object's monitor. */
  private volatile int durable;

  private AppendPack(int number, FileChannel channel, Optional<SecretKey> key) {
    this.number = number;
    this.channel = channel;
    this.key = key;
  }

  /** Makes the file; its name is durable only when the folder was synced. */
  static AppendPack create(StoreFiles files) throws IOException {
    byte[] salt = new byte[PackFormat.SALT_BYTES];
    RANDOM.nextBytes(salt);
    int number = files.nextPackNumber();
    FileChannel channel = DurableFiles.create(files.pack(number));
    try {
      DurableFiles.writeFully(channel, PackFormat.header(number, salt));
      return new AppendPack(number, channel, files.keys().packKey(salt));
    } catch (IOException e) {
      channel.close();
      java.nio.file.Files.deleteIfExists(files.pack(number));
      throw e;
    }
  }

  int number() {
    return number;
  }

  /** Where all that was appended ends. */
  int end() {
    return end;
  }

  int undurableBytes() {
    return end - durable;
  }

  /** What the next entry is made for; asked again, it has another sequence. */
  PackSlot nextSlot() {
    return new PackSlot(number, ++sequence, key);
  }

  /** Whether nothing should be appended any more. */
  boolean full(int packBytes) {
    return broken || end >= packBytes || rows.size() >= PackFormat.MAX_ENTRIES;
  }

  /**
   * Writes an entry.
   *
   * @throws IOException if not all of it could be written; then the pack takes no more, and what
   *     was there before stays good
   */
  Place append(ChunkId id, int contentLength, ByteBuffer entry) throws IOException {
    var place = new Place(number, end, entry.remaining() - EntryHeader.BYTES, contentLength);
    try {
      StoreFaults.at("append");
      writeAt(entry, end);
      StoreFaults.at("appended");
    } catch (IOException e) {
      broken = true;
      throw e;
    }
    rows.add(new PackFormat.Row(id, place));
    end = place.end();
    return place;
  }

  private void writeAt(ByteBuffer bytes, int offset) throws IOException {
    int position = offset;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  /** Makes durable what was appended before the call; several callers at once share one fsync. */
  void sync() throws IOException {
    int wanted = end;
    synchronized (this) {
      if (durable < wanted) {
        int reached = end;
        StoreFaults.at("sync");
        channel.force(false);
        durable = reached;
      }
    }
  }

  /**
   * Makes all durable, then writes the table, which from then on says that all is.
   *
   * @return false if the disk had no room for the table
   * @throws IOException if what was appended is not durable
   */
  synchronized boolean finish() throws IOException {
    try (channel) {
      sync();
      try {
        StoreFaults.at("finish.table");
        writeAt(PackFormat.table(number, end, rows), end);
        channel.truncate(end + tableBytes()); // what a write that failed has left behind it
        channel.force(false);
        StoreFaults.at("finish.done");
        return true;
      } catch (IOException e) {
        dropTable(); // the next open reads the pack as it is, and writes its table
        return false;
      }
    }
  }

  int tableBytes() {
    return rows.size() * PackFormat.ROW_BYTES + PackFormat.TRAILER_BYTES;
  }

  private void dropTable() {
    try {
      channel.truncate(end);
    } catch (IOException e) {
      // then a torn table is there, which counts as none
    }
  }
}
