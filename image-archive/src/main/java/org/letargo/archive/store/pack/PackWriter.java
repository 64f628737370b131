package org.letargo.archive.store.pack;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.ChunkWriter;

/** Writes to a {@link PackStore}. Its workers report here; the lock is this object's monitor. */
final class PackWriter implements ChunkWriter {
  private final PackStore store;
  private final HeldChunks held;
  private volatile boolean closed;
  private long underWay;
  private Optional<Throwable> failure = Optional.empty();
  private long chunks;
  private long bytes;
  private long newChunks;
  private long storedBytes;

  PackWriter(PackStore store, HeldChunks held) {
    this.store = store;
    this.held = held;
  }

  @Override
  public CompletableFuture<ChunkId> put(ByteBuffer content) throws IOException {
    int length = content.remaining();
    if (length == 0 || length > ChunkStore.MAX_CHUNK_BYTES) {
      throw new IllegalArgumentException(
          "a chunk has 1 to " + ChunkStore.MAX_CHUNK_BYTES + " bytes, not " + length);
    }
    requireOpen();
    var put = new PutWorkers.Put(this, content.duplicate(), new CompletableFuture<>());
    synchronized (this) {
      underWay++;
    }
    try {
      store.workers().submit(put);
    } catch (InterruptedException e) {
      done();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the store was busy");
    } catch (RuntimeException e) {
      done();
      throw e;
    }
    return put.id();
  }

  @Override
  public boolean retain(ChunkId id) {
    requireOpen();
    held.add(id); // before looking: a collection either sees it held or is seen to be over
    return store.contains(id);
  }

  @Override
  public void flush() throws IOException {
    requireOpen();
    synchronized (this) {
      try {
        while (underWay > 0) {
          wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while chunks were stored");
      }
      if (failure.isPresent()) {
        throw new IOException(failure.get().getMessage(), failure.get());
      }
    }
    store.sync().flush();
  }

  @Override
  public synchronized Written written() {
    return new Written(chunks, bytes, newChunks, storedBytes);
  }

  @Override
  public void close() {
    closed = true;
    store.writers().release(held);
  }

  private void requireOpen() {
    store.requireOpen();
    if (closed) {
      throw new IllegalStateException("the writer is closed");
    }
  }

  // called by the workers

  void hold(ChunkId id) {
    held.add(id);
  }

  void found(PutWorkers.Put put, ChunkId id) {
    synchronized (this) {
      chunks++;
      bytes += put.content().remaining();
    }
    put.id().complete(id);
    done();
  }

  void stored(PutWorkers.Put put, ChunkId id, Place place) {
    synchronized (this) {
      newChunks++;
      storedBytes += place.entryBytes();
    }
    found(put, id);
  }

  void failed(PutWorkers.Put put, Throwable cause) {
    synchronized (this) {
      if (failure.isEmpty()) {
        failure = Optional.of(cause);
      }
    }
    put.id().completeExceptionally(cause instanceof IOException ? cause : new IOException(cause));
    done();
  }

  private synchronized void done() {
    underWay--;
    if (underWay == 0) {
      notifyAll();
    }
  }
}
