package org.letargo.archive.store.pack;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.letargo.archive.store.ChunkId;

/**
 * Finds the place of a chunk: an open-addressing table of 48 bytes per slot in a mapped file, so
 * that it costs no heap and opening it costs nothing. Only a cache of what the packs say: it is
 * trusted only after {@link #seal}, and made anew otherwise.
 *
 * <p>It can carry one mark per slot, for whoever goes through all chunks; one at a time.
 *
 * <p>Any thread may call; the lock is a pair of locks inside. No method calls out under it but to
 * the predicate of {@link #removeUnless} and the visitor of {@link #forEach}.
 */
final class ChunkIndex implements AutoCloseable {
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Path file;
  private IndexTable table;
  private Optional<long[]> marks = Optional.empty();

  private ChunkIndex(Path file, IndexTable table) {
    this.file = file;
    this.table = table;
  }

  /**
   * Opens the index that an orderly close has left.
   *
   * @param packs fingerprint of the packs that are there; if it was made for others, it is stale
   * @return empty if there is none that can be trusted
   */
  static Optional<ChunkIndex> open(Path file, long packs) throws IOException {
    return IndexTable.open(file, packs).map(table -> new ChunkIndex(file, table));
  }

  /** An empty one, with room for so many chunks; it grows beyond. */
  static ChunkIndex create(Path file, long chunks) throws IOException {
    return new ChunkIndex(file, IndexTable.create(file, chunks));
  }

  Optional<Place> find(ChunkId id) {
    lock.readLock().lock();
    try {
      long slot = table.find(id);
      return slot < 0 ? Optional.empty() : Optional.of(table.place(slot));
    } finally {
      lock.readLock().unlock();
    }
  }

  boolean contains(ChunkId id) {
    lock.readLock().lock();
    try {
      return table.find(id) >= 0;
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Adds a chunk unless it is there.
   *
   * @return whether it was added
   * @throws IOException if it would have to grow and there is no room
   */
  boolean add(ChunkId id, Place place) throws IOException {
    lock.writeLock().lock();
    try {
      if (table.find(id) >= 0) {
        return false;
      }
      if (table.crowded()) {
        grow();
      }
      table.insert(id, place);
      return true;
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void grow() throws IOException {
    IndexTable larger = IndexTable.create(file, table.chunks() * 2);
    Optional<long[]> movedMarks = marks.map(old -> newMarks(larger));
    table.forEachSlot(slot -> {
      long moved = larger.insert(table.id(slot), table.place(slot));
      if (marks.isPresent() && isMarked(marks.get(), slot)) {
        setMark(movedMarks.orElseThrow(), moved);
      }
    });
    marks = movedMarks;
    table.close();
    table = larger;
  }

  /** Tells places, one chunk after another. */
  interface Source {
    void forEach(Recovery.RowVisitor visitor) throws IOException;
  }

  /**
   * Forgets everything and learns it anew, while all others wait. If the source fails, all is as it
   * was.
   *
   * @param chunks how many there may be
   * @return what it knew and does not know any more, the first {@value StoreCheck#MAX_PROBLEMS}
   */
  List<ChunkId> replace(long chunks, Source source) throws IOException {
    lock.writeLock().lock();
    try {
      IndexTable old = table;
      Set<ChunkId> lost = new LinkedHashSet<>();
      table = IndexTable.create(file, Math.max(chunks, old.chunks()));
      try {
        source.forEach(row -> addAnew(row.id(), row.place()));
      } catch (IOException | RuntimeException e) {
        table.close();
        table = old;
        throw e;
      }
      old.forEachSlot(slot -> {
        if (lost.size() < StoreCheck.MAX_PROBLEMS && table.find(old.id(slot)) < 0) {
          lost.add(old.id(slot));
        }
      });
      old.close();
      return List.copyOf(lost);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void addAnew(ChunkId id, Place place) throws IOException {
    if (table.find(id) < 0) {
      if (table.crowded()) {
        grow();
      }
      table.insert(id, place);
    }
  }

  /** Changes where a chunk lies, if it lies where the caller thinks. */
  boolean move(ChunkId id, Place from, Place to) {
    lock.writeLock().lock();
    try {
      long slot = table.find(id);
      if (slot < 0 || !table.place(slot).equals(from)) {
        return false;
      }
      table.setPlace(slot, to);
      return true;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /**
   * Removes a chunk that lies there and is not marked, unless it is wanted.
   *
   * @param wanted called under the lock, quick
   * @return whether it was removed
   */
  boolean removeUnless(ChunkId id, Place place, Predicate<ChunkId> wanted) {
    lock.writeLock().lock();
    try {
      long slot = table.find(id);
      if (slot < 0
          || !table.place(slot).equals(place)
          || marks.isPresent() && isMarked(marks.get(), slot)
          || wanted.test(id)) {
        return false;
      }
      table.remove(slot);
      return true;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Clears all marks, and lets them be set. */
  void beginMarks() {
    lock.writeLock().lock();
    try {
      marks = Optional.of(newMarks(table));
    } finally {
      lock.writeLock().unlock();
    }
  }

  void endMarks() {
    lock.writeLock().lock();
    try {
      marks = Optional.empty();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Marks a chunk, if it is there. */
  void mark(ChunkId id) {
    mark(id, place -> true);
  }

  /** Marks a chunk, if it is there and lies right. */
  void mark(ChunkId id, Predicate<Place> right) {
    lock.writeLock().lock();
    try {
      long slot = table.find(id);
      if (slot >= 0 && right.test(table.place(slot))) {
        setMark(marks.orElseThrow(), slot);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Whether it is there and marked. */
  boolean marked(ChunkId id) {
    lock.readLock().lock();
    try {
      long slot = table.find(id);
      return slot >= 0 && marks.isPresent() && isMarked(marks.get(), slot);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** One chunk, as {@link #forEach} meets it. */
  record Entry(ChunkId id, Place place, boolean marked) {}

  /** Goes through all chunks; writers wait meanwhile. */
  void forEach(Consumer<Entry> visitor) {
    lock.readLock().lock();
    try {
      table.forEachSlot(slot ->
          visitor.accept(
              new Entry(
                  table.id(slot),
                  table.place(slot),
                  marks.isPresent() && isMarked(marks.get(), slot))));
    } finally {
      lock.readLock().unlock();
    }
  }

  IndexTable.Totals totals() {
    lock.readLock().lock();
    try {
      return table.totals();
    } finally {
      lock.readLock().unlock();
    }
  }

  private static long[] newMarks(IndexTable table) {
    return new long[Math.toIntExact((table.slots() + Long.SIZE - 1) / Long.SIZE)];
  }

  private static boolean isMarked(long[] marks, long slot) {
    return (marks[(int) (slot >>> 6)] & 1L << slot) != 0;
  }

  private static void setMark(long[] marks, long slot) {
    marks[(int) (slot >>> 6)] |= 1L << slot;
  }

  /**
   * Writes it down for the next open; nothing may be changed afterwards.
   *
   * @param packs fingerprint of the packs that it is true for
   */
  void seal(long packs) {
    lock.writeLock().lock();
    try {
      table.seal(packs);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Closes it; the next open does not trust it unless it was sealed. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      table.close();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** What lies behind it, for tests that damage it. */
  MemorySegment memory() {
    return table.memory();
  }
}
