package org.letargo.archive.recipe;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;

/**
 * Writes a recipe from its items in order. What stands between two chunks gives the same items,
 * however it was handed over: runs of zeros are items of their own, wherever they came from, and
 * literals that touch become one. So the same items give the same root. Ids may still be on their
 * way: what waits for them is kept, up to some 40 MiB. Else memory is a few nodes per level. For
 * one thread.
 */
public final class RecipeWriter {
  /** Shorter runs are literals: an item costs two bytes or more. */
  private static final int MIN_ZEROS_RUN = 8;

  private final RecipeLevel items;
  private final byte[] literal = new byte[RecipeNode.MAX_LITERAL_BYTES];
  private int literalBytes;
  private long zeros; // behind the literal
  private long sizeBytes;

  /**
   * @param nodes takes the nodes
   */
  public RecipeWriter(NodeSink nodes) {
    items = new RecipeLevel(nodes, 0);
  }

  /** Goes on with the content of a chunk whose id is on its way. */
  public void chunk(int lengthBytes, CompletableFuture<ChunkId> id) throws IOException {
    if (lengthBytes < 1 || lengthBytes > ChunkStore.MAX_CHUNK_BYTES) {
      throw new IllegalArgumentException("a chunk of " + lengthBytes + " bytes");
    }
    endZeros();
    flushLiteral();
    items.add((long) lengthBytes << 2 | RecipeNode.CHUNK, lengthBytes, id);
    sizeBytes += lengthBytes;
  }

  /** Goes on with zeros, as many as there are; none is no item. */
  public void zeros(long lengthBytes) {
    if (lengthBytes < 0 || lengthBytes > RecipeNode.MAX_CONTENT_BYTES - zeros) {
      throw new IllegalArgumentException(lengthBytes + " zeros");
    }
    zeros += lengthBytes;
    sizeBytes += lengthBytes;
  }

  /** Goes on with bytes that are too few, or too particular, for a chunk of their own. */
  public void literal(byte[] bytes, int offset, int length) throws IOException {
    int end = offset + length;
    for (int at = offset; at < end; ) {
      int from = at;
      while (at < end && bytes[at] == 0) {
        at++;
      }
      zeros(at - from);
      from = at;
      while (at < end && bytes[at] != 0) {
        at++;
      }
      if (at > from) {
        endZeros();
        append(bytes, from, at);
        sizeBytes += at - from;
      }
    }
  }

  /** A long run becomes an item, a short one part of the literal. */
  private void endZeros() throws IOException {
    if (zeros >= MIN_ZEROS_RUN) {
      flushLiteral();
      items.add(zeros << 2 | RecipeNode.ZEROS, zeros, new byte[0]);
    } else {
      append(new byte[(int) zeros], 0, (int) zeros);
    }
    zeros = 0;
  }

  private void append(byte[] bytes, int from, int to) throws IOException {
    for (int at = from; at < to; ) {
      if (literalBytes == literal.length) {
        flushLiteral();
      }
      int n = Math.min(to - at, literal.length - literalBytes);
      System.arraycopy(bytes, at, literal, literalBytes, n);
      literalBytes += n;
      at += n;
    }
  }

  private void flushLiteral() throws IOException {
    if (literalBytes > 0) {
      items.add(
          (long) literalBytes << 2 | RecipeNode.LITERAL,
          literalBytes,
          Arrays.copyOf(literal, literalBytes));
      literalBytes = 0;
    }
  }

  /** How much content there is so far. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /**
   * Waits for all ids and writes the rest.
   *
   * @throws IOException if a chunk could not be stored
   */
  public RecipeRoot finish() throws IOException {
    endZeros();
    flushLiteral();
    if (sizeBytes > RecipeNode.MAX_CONTENT_BYTES) {
      throw new IOException("a file is too long: it has " + sizeBytes + " bytes, more than 16 TiB");
    }
    return items.finish(sizeBytes, 0);
  }
}
