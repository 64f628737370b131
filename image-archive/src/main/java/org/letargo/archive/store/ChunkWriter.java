package org.letargo.archive.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Puts chunks into a store. For one thread; the store's workers hash and compress beside it. */
public interface ChunkWriter extends Closeable {
  /**
   * Takes a chunk and stores it unless it is there. Returns at once, or waits while too many bytes
   * are under way (back-pressure).
   *
   * @param content 1 to {@link ChunkStore#MAX_CHUNK_BYTES} bytes from position to limit. It belongs
   *     to the store until the future is done and must not be changed before that; its position and
   *     limit stay as they are
   * @return the id once the chunk has a place in the store (not yet durable) and can be read; fails
   *     with an {@link IOException}. It may be completed by a thread of the store: what is chained
   *     to it must neither block nor take long
   * @throws IllegalArgumentException for a content of no or too many bytes
   * @throws IllegalStateException after {@link #close}
   */
  CompletableFuture<ChunkId> put(ByteBuffer content) throws IOException;

  /**
   * Says that a chunk of which only the name is known will be referred to.
   *
   * @return whether it is there; if so it stays while this writer is open
   */
  boolean retain(ChunkId id) throws IOException;

  /**
   * Makes everything durable that was put or retained through this writer, after waiting for what
   * is under way.
   *
   * @throws IOException also if any put through this writer has ever failed
   */
  void flush() throws IOException;

  /** What this writer has put so far. */
  Written written();

  /** Lets go: what no manifest refers to by now may be collected. Does not flush. */
  @Override
  void close();

  /**
   * @param chunks how many were put
   * @param bytes their content
   * @param newChunks how many of them were not there before
   * @param storedBytes what these take in the store
   */
  record Written(long chunks, long bytes, long newChunks, long storedBytes) {}
}
