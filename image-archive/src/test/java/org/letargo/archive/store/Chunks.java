package org.letargo.archive.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Contents of chunks for tests. */
public final class Chunks {
  private Chunks() {}

  /** Bytes that do not compress. */
  public static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Half random, half constant, as memory often is. */
  public static byte[] half(long seed, int length) {
    byte[] bytes = random(seed, length);
    Arrays.fill(bytes, 0, length / 2, (byte) seed);
    return bytes;
  }

  /** Reads a whole chunk. */
  public static byte[] read(ChunkStore store, ChunkId id) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(ChunkStore.MAX_CHUNK_BYTES);
    int length = store.read(id, into);
    byte[] bytes = new byte[length];
    into.flip().get(bytes);
    return bytes;
  }
}
