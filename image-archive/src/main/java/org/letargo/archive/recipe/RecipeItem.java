package org.letargo.archive.recipe;

import org.letargo.archive.store.ChunkId;

/** A piece of a file's content, in the order of the file. */
public sealed interface RecipeItem {
  /** How many bytes of the file it stands for, at least 1. */
  long lengthBytes();

  /**
   * The content of a chunk.
   *
   * @param length 1 to {@link org.letargo.archive.store.ChunkStore#MAX_CHUNK_BYTES}
   */
  record Chunk(int length, ChunkId id) implements RecipeItem {
    @Override
    public long lengthBytes() {
      return length;
    }
  }

  /** A run of zeros. */
  record Zeros(long lengthBytes) implements RecipeItem {}

  /** Bytes that stand in the recipe itself. They are shared with its node: not to be changed. */
  record Literal(byte[] bytes, int offset, int length) implements RecipeItem {
    @Override
    public long lengthBytes() {
      return length;
    }
  }
}
