package org.letargo.archive.recipe;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;

/**
 * One node of a recipe, checked: a byte for its level, then items. At level 0 an item is a number,
 * {@code length * 4 + kind}, and behind it an id or the literal bytes; above, it is the length of
 * content beneath a child, and the child's id. Numbers are little endian groups of 7 bits, the last
 * one below 128.
 */
public final class RecipeNode {
  /** A node is never longer, in bytes. */
  public static final int MAX_BYTES = 64 << 10;

  /** No content is longer, in bytes: 16 TiB. */
  public static final long MAX_CONTENT_BYTES = 1L << 44;

  /** Nodes of 64 KiB full of the smallest children reach 16 TiB at a lower level than this. */
  public static final int MAX_LEVEL = 6;

  static final int MAX_LITERAL_BYTES = 4096;

  static final int CHUNK = 1;
  static final int ZEROS = 2;
  static final int LITERAL = 3;

  private final byte[] bytes;
  private final long contentBytes;

  private RecipeNode(byte[] bytes, long contentBytes) {
    this.bytes = bytes;
    this.contentBytes = contentBytes;
  }

  /**
   * Reads a node and checks all of it.
   *
   * @throws ArchiveException CORRUPT if it is none
   */
  static RecipeNode read(NodeSource nodes, ChunkId id) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(MAX_BYTES);
    try {
      nodes.read(id, buffer);
    } catch (BufferOverflowException e) {
      throw malformed("a node is longer than " + MAX_BYTES + " bytes");
    }
    return parse(java.util.Arrays.copyOf(buffer.array(), buffer.position()));
  }

  /**
   * Checks the bytes of a node; they are not copied.
   *
   * @throws ArchiveException CORRUPT if it is none
   */
  public static RecipeNode parse(byte[] bytes) {
    if (bytes.length == 0 || bytes.length > MAX_BYTES) {
      throw malformed("a node has " + bytes.length + " bytes");
    }
    if (bytes[0] < 0 || bytes[0] > MAX_LEVEL) {
      throw malformed("a node claims level " + (bytes[0] & 255));
    }
    var unchecked = new RecipeNode(bytes, 0);
    long total = 0;
    var items = unchecked.new Items();
    while (items.next()) {
      total += items.lengthBytes();
      if (total > MAX_CONTENT_BYTES) {
        throw malformed("it claims more than 16 TiB");
      }
    }
    return new RecipeNode(bytes, total);
  }

  /** 0 for a node of items, above that one of children. */
  public int level() {
    return bytes[0];
  }

  /** How much content is beneath it. */
  public long contentBytes() {
    return contentBytes;
  }

  /** Its bytes, to read. */
  public ByteBuffer bytes() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /** Its items, from the first. */
  public Items items() {
    return new Items();
  }

  static ArchiveException malformed(String why) {
    return ArchiveException.corrupt("a recipe cannot be read", why);
  }

  /** A place among the items of the node. */
  public final class Items {
    private int position = 1;
    private int kind;
    private long lengthBytes;
    private int payload;

    /** Steps to the next item; false at the end. */
    public boolean next() {
      if (position == bytes.length) {
        return false;
      }
      long number = number();
      int payloadBytes = ChunkId.BYTES;
      if (level() > 0) {
        kind = CHUNK;
        lengthBytes = number;
      } else {
        kind = (int) (number & 3);
        lengthBytes = number >>> 2;
        payloadBytes = payloadBytes();
      }
      if (lengthBytes < 1 || lengthBytes > MAX_CONTENT_BYTES) {
        throw malformed("an item claims " + Long.toUnsignedString(lengthBytes) + " bytes");
      }
      if (payloadBytes > bytes.length - position) {
        throw malformed("a node ends inside an item");
      }
      payload = position;
      position += payloadBytes;
      return true;
    }

    private int payloadBytes() {
      return switch (kind) {
        case CHUNK -> {
          requireAtMost(ChunkStore.MAX_CHUNK_BYTES);
          yield ChunkId.BYTES;
        }
        case ZEROS -> 0;
        case LITERAL -> {
          requireAtMost(MAX_LITERAL_BYTES);
          yield (int) lengthBytes;
        }
        default -> throw malformed("an item has kind " + kind);
      };
    }

    private void requireAtMost(int most) {
      if (lengthBytes > most) {
        throw malformed("an item claims " + lengthBytes + " bytes");
      }
    }

    private long number() {
      long number = 0;
      for (int shift = 0; shift < 63; shift += 7) {
        if (position == bytes.length) {
          throw malformed("a node ends inside a number");
        }
        byte b = bytes[position++];
        number |= (long) (b & 0x7F) << shift;
        if (b >= 0) {
          return number;
        }
      }
      throw malformed("a number has more than nine bytes");
    }

    /** How much content the item stands for. */
    public long lengthBytes() {
      return lengthBytes;
    }

    /** The id of the item's chunk, or of the child. */
    ChunkId id() {
      return ChunkId.of(java.util.Arrays.copyOfRange(bytes, payload, payload + ChunkId.BYTES));
    }

    /** The id of a child; only above level 0. */
    public ChunkId child() {
      if (level() == 0) {
        throw new IllegalStateException("a node of level 0 has no children");
      }
      return id();
    }

    /** The item; only at level 0. */
    public RecipeItem item() {
      if (level() > 0) {
        throw new IllegalStateException("a node above level 0 has no items");
      }
      return switch (kind) {
        case CHUNK -> new RecipeItem.Chunk((int) lengthBytes, id());
        case ZEROS -> new RecipeItem.Zeros(lengthBytes);
        default -> new RecipeItem.Literal(bytes, payload, (int) lengthBytes);
      };
    }
  }
}
