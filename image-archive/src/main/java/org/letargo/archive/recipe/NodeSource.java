package org.letargo.archive.recipe;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.letargo.archive.store.ChunkId;

/** Gives the nodes of recipes by their ids, checked; {@code ChunkStore::read} is one. */
@FunctionalInterface
public interface NodeSource {
  /**
   * Reads a node whose hash is its id.
   *
   * @return its length, in bytes
   * @throws java.nio.BufferOverflowException if it has no room
   */
  int read(ChunkId id, ByteBuffer into) throws IOException;
}
