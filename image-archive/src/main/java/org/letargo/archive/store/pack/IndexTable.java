package org.letargo.archive.store.pack;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.letargo.archive.DurableFiles;
import org.letargo.archive.store.ChunkId;

/**
 * The memory of a {@link ChunkIndex}: a page of header, then slots of 48 bytes: id, pack, offset,
 * content length (0: never used, -1: removed), stored length. A power of two of them, at most 7 in
 * 10 used; a chunk is in the first free slot from the one that its first eight bytes name. Not safe
 * for several threads.
 *
 * <p>The file is written in full before it is mapped: a page of a mapped file for which the disk
 * has no room would kill whoever touches it. Where there is no room for the file, it lives in
 * memory instead.
 */
final class IndexTable implements AutoCloseable {
  private static final int HEADER_BYTES = 4096;
  private static final int SLOT_BYTES = 48;
  private static final long MAGIC = 0x31584449_4B43544CL; // "LTCKIDX1"
  private static final long MIN_SLOTS = 1 << 12;
  private static final long MAX_SLOTS = 1L << 36;
  private static final int NEVER_USED = 0;
  private static final int REMOVED = -1;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

  // where the header has what
  private static final int SEALED_AT = 8;
  private static final int SLOTS_AT = 16;
  private static final int CHUNKS_AT = 24;
  private static final int REMOVED_AT = 32;
  private static final int CONTENT_AT = 40;
  private static final int STORED_AT = 48;
  private static final int PACKS_AT = 56;
  private static final int SUM_AT = 64;

  private final Arena arena;
  private final MemorySegment memory;
  private final boolean onDisk;
  private final long mask;
  private long chunks;
  private long removed;
  private long contentBytes;
  private long storedBytes;

  /**
   * Sums over all chunks.
   *
   * @param storedBytes what their entries take, headers included
   */
  record Totals(long chunks, long contentBytes, long storedBytes) {}

  private IndexTable(Arena arena, MemorySegment memory, boolean onDisk) {
    this.arena = arena;
    this.memory = memory;
    this.onDisk = onDisk;
    this.mask = memory.get(LONG, SLOTS_AT) - 1;
    this.chunks = memory.get(LONG, CHUNKS_AT);
    this.removed = memory.get(LONG, REMOVED_AT);
    this.contentBytes = memory.get(LONG, CONTENT_AT);
    this.storedBytes = memory.get(LONG, STORED_AT);
  }

  /** An empty table with room for so many chunks, in place of the file that may be there. */
  static IndexTable create(Path file, long chunks) throws IOException {
    long slots = MIN_SLOTS;
    while (slots * 7 / 10 <= chunks + 1) {
      slots *= 2;
    }
    long bytes = HEADER_BYTES + slots * SLOT_BYTES;
    Arena arena = Arena.ofShared();
    boolean onDisk = true;
    MemorySegment memory;
    try {
      memory = makeFile(file, bytes, arena);
    } catch (IOException e) {
      Files.deleteIfExists(temporary(file));
      Files.deleteIfExists(file);
      memory = arena.allocate(bytes, Long.BYTES);
      onDisk = false;
    }
    memory.set(LONG, 0, MAGIC);
    memory.set(LONG, SLOTS_AT, slots);
    return new IndexTable(arena, memory, onDisk);
  }

  private static Path temporary(Path file) {
    return file.resolveSibling(file.getFileName() + ".tmp");
  }

  private static MemorySegment makeFile(Path file, long bytes, Arena arena) throws IOException {
    Path temporary = temporary(file);
    Files.deleteIfExists(temporary);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            java.util.Set.of(
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            DurableFiles.PRIVATE_FILE)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 16);
      for (long left = bytes; left > 0; left -= zeros.limit()) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), left));
        DurableFiles.writeFully(channel, zeros.duplicate());
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    }
  }

  /** The table in the file, if an orderly close left it there for these packs. */
  static Optional<IndexTable> open(Path file, long packs) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      long bytes = channel.size();
      if (bytes >= HEADER_BYTES) {
        MemorySegment memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        if (trusted(memory, packs)) {
          memory.set(LONG, SEALED_AT, 0); // from now on it is only as good as this process
          memory.asSlice(0, HEADER_BYTES).force();
          return Optional.of(new IndexTable(arena, memory, true));
        }
      }
    }
    arena.close();
    return Optional.empty();
  }

  private static boolean trusted(MemorySegment memory, long packs) {
    long slots = memory.get(LONG, SLOTS_AT);
    return memory.get(LONG, 0) == MAGIC
        && memory.get(LONG, SEALED_AT) == 1
        && memory.get(INT, SUM_AT) == headerSum(memory)
        && memory.get(LONG, PACKS_AT) == packs
        && slots >= MIN_SLOTS
        && slots <= MAX_SLOTS
        && Long.bitCount(slots) == 1
        && memory.byteSize() == HEADER_BYTES + slots * SLOT_BYTES
        && memory.get(LONG, CHUNKS_AT) >= 0
        && memory.get(LONG, REMOVED_AT) >= 0
        && memory.get(LONG, CHUNKS_AT) + memory.get(LONG, REMOVED_AT) < slots;
  }

  private static int headerSum(MemorySegment memory) {
    var sum = new CRC32C();
    sum.update(memory.asSlice(0, SUM_AT).asByteBuffer());
    return (int) sum.getValue();
  }

  long slots() {
    return mask + 1;
  }

  long chunks() {
    return chunks;
  }

  Totals totals() {
    return new Totals(chunks, contentBytes, storedBytes);
  }

  /** Whether it has to grow, or to be swept of removed slots, before one more comes. */
  boolean crowded() {
    return (chunks + removed + 1) * 10 > slots() * 7;
  }

  /** The slot of a chunk, -1 if it is not there. */
  long find(ChunkId id) {
    long slot = id.word(0) & mask;
    for (long tried = 0; tried <= mask; tried++) { // ends at a free one, unless damaged
      long at = at(slot);
      int content = memory.get(INT, at + 40);
      if (content == NEVER_USED) {
        return -1;
      }
      if (content != REMOVED && is(id, at)) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  private boolean is(ChunkId id, long at) {
    return memory.get(LONG, at) == id.word(0)
        && memory.get(LONG, at + 8) == id.word(1)
        && memory.get(LONG, at + 16) == id.word(2)
        && memory.get(LONG, at + 24) == id.word(3);
  }

  /** Adds one that is not there, to a table that is not crowded; gives its slot. */
  long insert(ChunkId id, Place place) {
    long slot = id.word(0) & mask;
    while (memory.get(INT, at(slot) + 40) > NEVER_USED) {
      slot = (slot + 1) & mask;
    }
    long at = at(slot);
    if (memory.get(INT, at + 40) == REMOVED) {
      removed--;
    }
    for (int word = 0; word < 4; word++) {
      memory.set(LONG, at + 8L * word, id.word(word));
    }
    writePlace(at, place);
    chunks++;
    contentBytes += place.contentLength();
    storedBytes += place.entryBytes();
    return slot;
  }

  void setPlace(long slot, Place place) {
    Place before = place(slot);
    contentBytes += place.contentLength() - before.contentLength();
    storedBytes += place.entryBytes() - before.entryBytes();
    writePlace(at(slot), place);
  }

  private void writePlace(long at, Place place) {
    memory.set(INT, at + 32, place.pack());
    memory.set(INT, at + 36, place.offset());
    memory.set(INT, at + 40, place.contentLength());
    memory.set(INT, at + 44, place.storedLength());
  }

  void remove(long slot) {
    Place place = place(slot);
    chunks--;
    removed++;
    contentBytes -= place.contentLength();
    storedBytes -= place.entryBytes();
    memory.set(INT, at(slot) + 40, REMOVED);
  }

  Place place(long slot) {
    long at = at(slot);
    return new Place(
        memory.get(INT, at + 32),
        memory.get(INT, at + 36),
        memory.get(INT, at + 44),
        memory.get(INT, at + 40));
  }

  ChunkId id(long slot) {
    byte[] id = new byte[ChunkId.BYTES];
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at(slot), id, 0, ChunkId.BYTES);
    return ChunkId.of(id);
  }

  void forEachSlot(LongConsumer visitor) {
    for (long slot = 0; slot <= mask; slot++) {
      if (memory.get(INT, at(slot) + 40) > NEVER_USED) {
        visitor.accept(slot);
      }
    }
  }

  private static long at(long slot) {
    return HEADER_BYTES + slot * SLOT_BYTES;
  }

  MemorySegment memory() {
    return memory;
  }

  /** Makes it durable, and trusted by the next open. */
  void seal(long packs) {
    if (!onDisk) {
      return;
    }
    memory.set(LONG, CHUNKS_AT, chunks);
    memory.set(LONG, REMOVED_AT, removed);
    memory.set(LONG, CONTENT_AT, contentBytes);
    memory.set(LONG, STORED_AT, storedBytes);
    memory.set(LONG, PACKS_AT, packs);
    StoreFaults.at("index.sealing");
    memory.force(); // all slots, before the header says that they are good
    memory.set(LONG, SEALED_AT, 1);
    memory.set(INT, SUM_AT, headerSum(memory));
    memory.asSlice(0, HEADER_BYTES).force();
    StoreFaults.at("index.sealed");
  }

  @Override
  public void close() {
    arena.close();
  }
}
