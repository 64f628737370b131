package org.letargo.archive.store.testing;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.letargo.archive.store.ChunkException;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.ChunkWriter;

/**
 * The fake of {@link ChunkStore} for tests: chunks in the heap, named by SHA-256, stored as they
 * are. It forgets as a disk does: {@link #losePower} takes all that was not flushed. It can be
 * filled up and damaged by hand.
 *
 * <p>The lock for everything, the writers' state included, is this object's monitor; it is not held
 * while {@link ChunkStore.LiveChunks} is called.
 */
public final class MemoryChunkStore implements ChunkStore {
  private final Map<ChunkId, Stored> chunks = new TreeMap<>();
  private final Set<MemoryChunkWriter> open = new HashSet<>();

  /** What writers held that were closed while a collection was running. */
  private final Set<ChunkId> releasedMeanwhile = new HashSet<>();

  private final Object collecting = new Object();
  private Optional<String> putFailure = Optional.empty();
  private boolean closed;

  /** One chunk. */
  static final class Stored {
    final byte[] content;
    boolean durable;

    Stored(byte[] content) {
      this.content = content;
    }
  }

  @Override
  public synchronized ChunkWriter writer() {
    requireOpen();
    var writer = new MemoryChunkWriter(this);
    open.add(writer);
    return writer;
  }

  @Override
  public synchronized int read(ChunkId id, ByteBuffer into) throws IOException {
    requireOpen();
    Stored stored = chunks.get(id);
    if (stored == null) {
      throw ChunkException.missing(id);
    }
    if (!idOf(stored.content).equals(id)) {
      throw ChunkException.damaged(id, "memory", "its content has another hash");
    }
    if (into.remaining() < stored.content.length) {
      throw new BufferOverflowException();
    }
    into.put(stored.content);
    return stored.content.length;
  }

  @Override
  public synchronized boolean contains(ChunkId id) {
    requireOpen();
    return chunks.containsKey(id);
  }

  @Override
  public Collected collect(LiveChunks live) throws IOException {
    synchronized (collecting) {
      synchronized (this) {
        requireOpen();
        releasedMeanwhile.clear();
      }
      Set<ChunkId> keep = new HashSet<>();
      live.forEach(keep::add);
      return removeAllBut(keep);
    }
  }

  private synchronized Collected removeAllBut(Set<ChunkId> keep) {
    requireOpen();
    open.forEach(writer -> keep.addAll(writer.held));
    keep.addAll(releasedMeanwhile);
    long removed = 0;
    long bytes = 0;
    for (Iterator<Map.Entry<ChunkId, Stored>> all = chunks.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<ChunkId, Stored> chunk = all.next();
      if (!keep.contains(chunk.getKey())) {
        removed++;
        bytes += chunk.getValue().content.length;
        all.remove();
      }
    }
    return new Collected(removed, bytes);
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  /** How many chunks there are. */
  public synchronized int size() {
    return chunks.size();
  }

  /**
   * Fails if somebody forgot to close a writer.
   *
   * @throws IllegalStateException saying how many are open
   */
  public synchronized void checkNoOpenWriters() {
    if (!open.isEmpty()) {
      throw new IllegalStateException(open.size() + " writers were not closed");
    }
  }

  /** From now on the store is full: what is not there already cannot be put. */
  public synchronized void refusePuts(String message) {
    putFailure = Optional.of(message);
  }

  /** There is room again. */
  public synchronized void acceptPuts() {
    putFailure = Optional.empty();
  }

  /** Takes all chunks that were not flushed, as a power cut does. The writers are gone too. */
  public synchronized void losePower() {
    chunks.values().removeIf(stored -> !stored.durable);
    open.forEach(writer -> writer.open = false);
    open.clear();
  }

  /**
   * Flips one bit of a chunk's content.
   *
   * @throws IllegalArgumentException if it is not there
   */
  public synchronized void damage(ChunkId id) {
    require(id).content[0] ^= 1;
  }

  /**
   * Loses a chunk.
   *
   * @throws IllegalArgumentException if it is not there
   */
  public synchronized void lose(ChunkId id) {
    require(id);
    chunks.remove(id);
  }

  private Stored require(ChunkId id) {
    Stored stored = chunks.get(id);
    if (stored == null) {
      throw new IllegalArgumentException("there is no chunk " + id);
    }
    return stored;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
  }

  Map<ChunkId, Stored> chunks() {
    return chunks;
  }

  Optional<String> putFailure() {
    return putFailure;
  }

  void release(MemoryChunkWriter writer) {
    if (open.remove(writer)) {
      releasedMeanwhile.addAll(writer.held);
    }
  }

  static ChunkId idOf(byte[] content) {
    try {
      return ChunkId.of(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public synchronized String toString() {
    return "chunks in memory: " + Arrays.toString(chunks.keySet().toArray());
  }
}
