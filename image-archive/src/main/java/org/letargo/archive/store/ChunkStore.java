package org.letargo.archive.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Keeps chunks under the hash of their content, each once. It knows nothing of checkpoints. All
 * methods may be called by any thread at any time.
 */
public interface ChunkStore extends Closeable {
  /** A chunk is never longer, in bytes. */
  int MAX_CHUNK_BYTES = 1 << 20;

  /**
   * Begins to write. What is put, or found to be there already, through a writer that is open stays
   * in the store, whether or not a manifest refers to it yet.
   */
  ChunkWriter writer();

  /**
   * Reads a chunk, unpacks it and compares its hash.
   *
   * @param into receives the content from its position on; the position moves behind it
   * @return the length of the content, in bytes
   * @throws ChunkException MISSING or DAMAGED, naming the chunk
   * @throws java.nio.BufferOverflowException if it has no room for the content
   */
  int read(ChunkId id, ByteBuffer into) throws IOException;

  /** Whether it is there; it may go with the next collection unless a writer found it. */
  boolean contains(ChunkId id);

  /**
   * Removes what nobody needs any more, beside running writers and readers. Killed at any point, it
   * leaves a store that holds all that was live.
   *
   * @param live tells what must stay; called after the writers that are open have been noted
   * @return what was removed
   */
  Collected collect(LiveChunks live) throws IOException;

  /** Stops the workers. Chunks that were not flushed may be lost. */
  @Override
  void close() throws IOException;

  /** Tells every chunk that must stay; an id may come more than once. */
  interface LiveChunks {
    void forEach(java.util.function.Consumer<ChunkId> keep) throws IOException;
  }

  /**
   * @param chunks how many were removed
   * @param storedBytes by how much the store became smaller
   */
  record Collected(long chunks, long storedBytes) {}
}
