package org.letargo.archive.store.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.letargo.archive.store.ChunkId;

/**
 * Appends chunks to a pack, and begins the next one when it is full. Each worker has its own, so
 * the lock, this object's monitor, is only waited for when a collection wants the pack finished.
 */
final class PackAppender {
  private final PackSync sync;
  private final StoreBudget budget;
  private final int packBytes;
  private Optional<AppendPack> current = Optional.empty();

  PackAppender(PackSync sync, StoreBudget budget, int packBytes) {
    this.sync = sync;
    this.budget = budget;
    this.packBytes = packBytes;
  }

  /** Appends a chunk that is not in the store. */
  synchronized Place append(ChunkId id, ByteBuffer content, Packer packer) throws IOException {
    budget.require(Packer.maxEntryBytes(content.remaining()));
    AppendPack pack = pack();
    return write(pack, id, content.remaining(), packer.pack(id, content, pack.nextSlot()));
  }

  /**
   * Appends an entry of another pack, which goes afterwards: the size limit does not count.
   *
   * @param stored its stored bytes, decrypted
   */
  synchronized Place copy(EntryHeader header, ByteBuffer stored, Packer packer) throws IOException {
    AppendPack pack = pack();
    ByteBuffer entry = packer.repack(header, stored, pack.nextSlot());
    return write(pack, header.id(), header.contentLength(), entry);
  }

  private AppendPack pack() throws IOException {
    if (current.isEmpty()) {
      try {
        current = Optional.of(sync.create());
        budget.add(PackFormat.HEADER_BYTES);
      } catch (IOException e) {
        throw budget.explain(e);
      }
    }
    return current.get();
  }

  private Place write(AppendPack pack, ChunkId id, int contentLength, ByteBuffer entry)
      throws IOException {
    try {
      Place place = pack.append(id, contentLength, entry);
      budget.add(place.entryBytes());
      sync.appended(pack);
      return place;
    } catch (IOException e) {
      throw budget.explain(e);
    } finally {
      if (pack.full(packBytes)) {
        finish();
      }
    }
  }

  /** Finishes the pack that is being written, if there is one. */
  synchronized Future<?> finish() {
    if (current.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    AppendPack pack = current.get();
    current = Optional.empty();
    budget.add(pack.tableBytes());
    return sync.finish(pack);
  }
}
