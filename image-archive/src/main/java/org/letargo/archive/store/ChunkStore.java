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
   * @param into receives the content from its position on. The position moves behind it when the
   *     content was found right; after a failure it stays, and what is behind it means nothing
   * @return the length of the content, in bytes
   * @throws ChunkException MISSING or DAMAGED, naming the chunk
   * @throws java.nio.BufferOverflowException if it has no room for the content
   * @throws java.nio.ReadOnlyBufferException if it cannot be written to
   */
  int read(ChunkId id, ByteBuffer into) throws IOException;

  /** Whether it is there; it may go with the next collection unless a writer found it. */
  boolean contains(ChunkId id);

  /**
   * Removes what nobody needs any more, beside running writers and readers. Killed at any point, it
   * leaves a store that holds all that was live. A chunk that nobody needs may stay for a while,
   * where removing it costs more than it gives. One collection at a time; a second one waits.
   *
   * <p>What a writer has put, found or retained stays if the writer was open at any instant of the
   * collection: its manifest may have come too late to be counted.
   *
   * @param live tells what must stay; called after the writers that are open have been noted. What
   *     it names need not be there. If it fails, nothing is removed
   * @return what was removed
   */
  Collected collect(LiveChunks live) throws IOException;

  /**
   * Stops the workers, after what they are doing. Chunks that were not flushed may be lost. Closing
   * twice does nothing; every other call on a closed store fails with an {@link
   * IllegalStateException}, also through its writers.
   */
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
