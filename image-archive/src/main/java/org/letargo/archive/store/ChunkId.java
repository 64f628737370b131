package org.letargo.archive.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The name of a chunk: 32 bytes of hash over its content. In a plain store it is SHA-256; in an
 * encrypted one HMAC-SHA-256 under the store's own key, so that names tell nothing about content.
 */
public final class ChunkId implements Comparable<ChunkId> {
  /** Length of an id in bytes. */
  public static final int BYTES = 32;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] hash;

  private ChunkId(byte[] hash) {
    this.hash = hash;
  }

  /**
   * @param hash {@value #BYTES} bytes, copied
   * @throws IllegalArgumentException for another length
   */
  public static ChunkId of(byte[] hash) {
    if (hash.length != BYTES) {
      throw new IllegalArgumentException("an id has " + BYTES + " bytes, not " + hash.length);
    }
    return new ChunkId(hash.clone());
  }

  /**
   * @param hex 64 lower-case digits
   * @throws IllegalArgumentException for anything else
   */
  public static ChunkId parse(String hex) {
    byte[] hash = HexFormat.of().parseHex(hex);
    ChunkId id = of(hash);
    if (!id.toString().equals(hex)) {
      throw new IllegalArgumentException("an id is written in lower case");
    }
    return id;
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return hash.clone();
  }

  /** Copies the bytes to {@code target} at {@code offset}. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(hash, 0, target, offset, BYTES);
  }

  /**
   * Eight of the bytes, as a little endian number.
   *
   * @param index 0 to 3
   */
  public long word(int index) {
    return (long) LONG.get(hash, index * Long.BYTES);
  }

  @Override
  public int compareTo(ChunkId other) {
    return Arrays.compareUnsigned(hash, other.hash);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChunkId id && Arrays.equals(hash, id.hash);
  }

  /** The first four bytes: a hash is spread evenly already. */
  @Override
  public int hashCode() {
    return hash[0] << 24 | (hash[1] & 0xFF) << 16 | (hash[2] & 0xFF) << 8 | hash[3] & 0xFF;
  }

  /** 64 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(hash);
  }
}
