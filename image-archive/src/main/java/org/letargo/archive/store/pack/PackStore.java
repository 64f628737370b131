package org.letargo.archive.store.pack;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.letargo.archive.DurableFiles;
import org.letargo.archive.store.ChunkException;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.ChunkWriter;

/**
 * A {@link ChunkStore} in a folder. One process at a time has it open.
 *
 * <p>It costs little heap whatever it holds: the index is a mapped file. Per worker there are about
 * 4 MiB of native memory, and the contents that callers have put and that are not stored yet.
 */
public final class PackStore implements ChunkStore {
  private static final int READERS_PER_WORKER = 2;

  private final PackStoreOptions options;
  private final StoreFiles files;
  private final PackReaders readers;
  private final ChunkIndex index;
  private final StoreBudget budget;
  private final PackSync sync;
  private final PutWorkers workers;
  private final Unpackers unpackers;
  private final OpenWriters writers = new OpenWriters();

  /** One collection, check or repair at a time. */
  private final ReentrantLock maintenance = new ReentrantLock();

  private volatile boolean closed;

  private PackStore(StoreFiles files, PackStoreOptions options) throws IOException {
    this.options = options;
    this.files = files;
    this.readers = new PackReaders(files);
    var recovery = new Recovery(files, readers);
    this.index = recovery.index();
    this.budget = new StoreBudget(files, options, recovery.usedBytes());
    this.sync = new PackSync(files, recovery.tableless(), options.workers());
    this.workers = new PutWorkers(files, index, sync, budget, options);
    this.unpackers = new Unpackers(files.keys(), options.workers() * READERS_PER_WORKER);
  }

  /**
   * Opens a store, or makes it where there is none. Takes milliseconds after an orderly {@link
   * #close}; otherwise the index is made anew from the tables of the packs, and the packs that were
   * being written are read.
   *
   * @param directory its folder; made if it is not there, for its owner only
   * @throws IOException if another process has it open, if it is of a newer format, or if it is
   *     encrypted and its key is not there: says what and what to do
   */
  public static PackStore open(Path directory, PackStoreOptions options) throws IOException {
    StoreFiles files = StoreFiles.open(directory, options);
    try {
      return new PackStore(files, options);
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  @Override
  public ChunkWriter writer() {
    requireOpen();
    return new PackWriter(this, writers.register());
  }

  @Override
  public int read(ChunkId id, ByteBuffer into) throws IOException {
    requireOpen();
    if (into.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    Unpacker unpacker = unpackers.take();
    try {
      Place place = index.find(id).orElseThrow(() -> ChunkException.missing(id));
      while (true) {
        Optional<ChunkException> failure = tryRead(id, place, into, unpacker);
        if (failure.isEmpty()) {
          return place.contentLength();
        }
        // a collection may have moved it in between
        Place now = index.find(id).orElseThrow(() -> ChunkException.missing(id));
        if (now.equals(place)) {
          throw failure.get();
        }
        place = now;
      }
    } finally {
      unpackers.giveBack(unpacker);
    }
  }

  private Optional<ChunkException> tryRead(
      ChunkId id, Place place, ByteBuffer into, Unpacker unpacker) throws IOException {
    while (true) {
      try (PackReaders.Reader reader = readers.open(place.pack())) {
        ByteBuffer bytes = PackScan.read(reader, place, unpacker);
        EntryHeader header = PackScan.check(bytes, place, id);
        if (into.remaining() < header.contentLength()) {
          throw new BufferOverflowException();
        }
        unpacker.unpack(header, bytes, reader.requireKey(), into);
        return Optional.empty();
      } catch (Unpacker.Damage e) {
        return Optional.of(damaged(id, place, e.getMessage()));
      } catch (NoSuchFileException e) {
        return Optional.of(damaged(id, place, "the pack is gone"));
      } catch (ClosedByInterruptException e) {
        throw new InterruptedIOException("interrupted while reading chunk " + id);
      } catch (ClosedChannelException e) {
        requireOpen(); // another reader was interrupted, which has closed the file for all
      }
    }
  }

  private ChunkException damaged(ChunkId id, Place place, String why) {
    return ChunkException.damaged(id, files.pack(place.pack()).toString(), why);
  }

  @Override
  public boolean contains(ChunkId id) {
    requireOpen();
    return index.contains(id);
  }

  @Override
  public Collected collect(LiveChunks live) throws IOException {
    requireOpen();
    maintenance.lock();
    try (var evacuation = new PackEvacuation(this)) {
      requireOpen();
      return new PackCollection(this, evacuation).run(live);
    } finally {
      maintenance.unlock();
    }
  }

  /**
   * Reads everything and says what is wrong. Beside running writers and readers; collections wait.
   */
  public StoreCheck check() throws IOException {
    requireOpen();
    maintenance.lock();
    try {
      requireOpen();
      return new PackCheck(this).run();
    } finally {
      maintenance.unlock();
    }
  }

  /**
   * Checks, writes what is good in damaged packs elsewhere, and makes the index anew. What is lost
   * can be put again, and is stored then. Writers wait at the end of it, while the index is made.
   */
  public StoreRepair repair() throws IOException {
    requireOpen();
    maintenance.lock();
    try {
      requireOpen();
      return new PackRepair(this).run();
    } finally {
      maintenance.unlock();
    }
  }

  /** How large it is; cheap. */
  public StoreStat stat() throws IOException {
    requireOpen();
    IndexTable.Totals totals = index.totals();
    int packs = files.packNumbers().size();
    long stored = budget.usedBytes();
    long frames =
        (long) packs * (PackFormat.HEADER_BYTES + PackFormat.TRAILER_BYTES)
            + totals.chunks() * PackFormat.ROW_BYTES;
    long dead = Math.max(0, stored - totals.storedBytes() - frames);
    return new StoreStat(
        packs,
        totals.chunks(),
        totals.contentBytes(),
        stored,
        dead,
        options.maxBytes(),
        budget.roomBytes());
  }

  /**
   * What contents would add to the store, which is not changed: nothing for those that it has, each
   * of the others once, compressed.
   *
   * @param contents each 1 to {@link ChunkStore#MAX_CHUNK_BYTES} bytes from position to limit
   * @return bytes on the disk
   */
  public long costBytes(Iterable<ByteBuffer> contents) {
    requireOpen();
    Set<ChunkId> seen = new HashSet<>();
    long cost = 0;
    try (var packer = new Packer(files.keys(), options.zstdLevel())) {
      for (ByteBuffer content : contents) {
        ChunkId id = packer.idOf(content);
        if (seen.add(id) && !index.contains(id)) {
          cost += packer.storedBytes(content) + PackFormat.ROW_BYTES;
        }
      }
    }
    return cost;
  }

  /** Whether its chunks are encrypted. */
  public boolean encrypted() {
    return files.keys().encrypted();
  }

  @Override
  public void close() throws IOException {
    maintenance.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      workers.close();
      workers.finishPacks();
      sync.close();
      unpackers.close();
      sealIndex();
    } finally {
      files.close();
      maintenance.unlock();
    }
  }

  private void sealIndex() throws IOException {
    try (index;
        readers) {
      sync.requireHealthy();
      if (!sync.tableless().isEmpty()) {
        return; // the next open gives them a table, if there is room, and makes the index anew
      }
      DurableFiles.syncDirectory(files.packs());
      index.seal(new Recovery(files, readers).fingerprint());
    }
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
  }

  PackStoreOptions options() {
    return options;
  }

  StoreFiles files() {
    return files;
  }

  PackReaders readers() {
    return readers;
  }

  ChunkIndex index() {
    return index;
  }

  StoreBudget budget() {
    return budget;
  }

  PackSync sync() {
    return sync;
  }

  PutWorkers workers() {
    return workers;
  }

  Unpackers unpackers() {
    return unpackers;
  }

  OpenWriters writers() {
    return writers;
  }
}
