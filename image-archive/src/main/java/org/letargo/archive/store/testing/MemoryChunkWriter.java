package org.letargo.archive.store.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.letargo.archive.store.ChunkException;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.ChunkWriter;
import org.letargo.archive.store.StoreFullException;

/** Puts into a {@link MemoryChunkStore}, whose monitor is its lock. */
final class MemoryChunkWriter implements ChunkWriter {
  private final MemoryChunkStore store;

  /** What must not be collected while this is open. */
  final Set<ChunkId> held = new HashSet<>();

  boolean open = true;
  private Optional<StoreFullException> failed = Optional.empty();
  private Written written = new Written(0, 0, 0, 0);

  MemoryChunkWriter(MemoryChunkStore store) {
    this.store = store;
  }

  @Override
  public CompletableFuture<ChunkId> put(ByteBuffer content) {
    int length = content.remaining();
    if (length == 0 || length > ChunkStore.MAX_CHUNK_BYTES) {
      throw new IllegalArgumentException(
          "a chunk has 1 to " + ChunkStore.MAX_CHUNK_BYTES + " bytes, not " + length);
    }
    byte[] bytes = new byte[length];
    content.duplicate().get(bytes);
    ChunkId id = MemoryChunkStore.idOf(bytes);
    synchronized (store) {
      requireOpen();
      boolean known = store.chunks().containsKey(id);
      if (!known && store.putFailure().isPresent()) {
        var failure = new StoreFullException(store.putFailure().get());
        failed = Optional.of(failure);
        return CompletableFuture.failedFuture(failure);
      }
      if (!known) {
        store.chunks().put(id, new MemoryChunkStore.Stored(bytes));
      }
      held.add(id);
      written =
          new Written(
              written.chunks() + 1,
              written.bytes() + length,
              written.newChunks() + (known ? 0 : 1),
              written.storedBytes() + (known ? 0 : length));
      return CompletableFuture.completedFuture(id);
    }
  }

  @Override
  public boolean retain(ChunkId id) {
    synchronized (store) {
      requireOpen();
      boolean known = store.chunks().containsKey(id);
      if (known) {
        held.add(id);
      }
      return known;
    }
  }

  @Override
  public void flush() throws IOException {
    synchronized (store) {
      requireOpen();
      if (failed.isPresent()) {
        throw new IOException(failed.get().getMessage(), failed.get());
      }
      for (ChunkId id : held) {
        MemoryChunkStore.Stored stored = store.chunks().get(id);
        if (stored == null) {
          throw ChunkException.missing(id); // lost by hand
        }
        stored.durable = true;
      }
    }
  }

  @Override
  public Written written() {
    synchronized (store) {
      return written;
    }
  }

  @Override
  public void close() {
    synchronized (store) {
      open = false;
      store.release(this);
    }
  }

  private void requireOpen() {
    store.requireOpen();
    if (!open) {
      throw new IllegalStateException("the writer is closed");
    }
  }
}
