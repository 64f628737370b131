package org.letargo.archive.store.pack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;

/**
 * The 64 bytes before each chunk in a pack: little endian magic, number of the pack, codec, length
 * of content, length stored, sequence in the pack, sum of what is stored, id, CRC-32C of all
 * before.
 *
 * @param sequence counts the entries ever begun in the pack, from 1; the nonce of an encrypted one
 * @param storedSum CRC-32C of the stored bytes: some bits of a zstd frame mean nothing, and only
 *     this notices that they have flipped. 0 in an encrypted store, where the tag notices
 */
record EntryHeader(
    int pack,
    Codec codec,
    int contentLength,
    int storedLength,
    int sequence,
    int storedSum,
    ChunkId id) {
  static final int BYTES = 64;

  /** What is covered by the sum, and authenticated in an encrypted store. */
  static final int SUMMED_BYTES = BYTES - Integer.BYTES;

  static final int MAGIC = 0x4B43544C; // "LTCK"

  /** The tag of AES-GCM behind the stored bytes. */
  static final int TAG_BYTES = 16;

  private static final int MAX_STORED_BYTES = ChunkStore.MAX_CHUNK_BYTES + TAG_BYTES;
  private static final int ID_OFFSET = 28;

  /** How the content is packed; the ordinal is what is written. */
  enum Codec {
    /** As it is. */
    PLAIN,
    /** One frame of zstd. */
    ZSTD
  }

  /** Writes to the beginning of a buffer; position and limit do not matter and stay. */
  void write(ByteBuffer target) {
    ByteBuffer bytes = target.duplicate().order(ByteOrder.LITTLE_ENDIAN).clear();
    bytes.putInt(MAGIC).putInt(pack).putInt(codec.ordinal());
    bytes.putInt(contentLength).putInt(storedLength);
    bytes.putInt(sequence).putInt(storedSum).put(id.bytes());
    bytes.putInt(sum(bytes.duplicate().flip()));
  }

  /** Reads at the buffer's position, which stays; empty if there is no sound header. */
  static Optional<EntryHeader> read(ByteBuffer source) {
    if (source.remaining() < BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = source.slice(source.position(), BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.getInt(0) != MAGIC
        || bytes.getInt(SUMMED_BYTES) != sum(bytes.duplicate().limit(SUMMED_BYTES))) {
      return Optional.empty();
    }
    byte[] id = new byte[ChunkId.BYTES];
    bytes.get(ID_OFFSET, id);
    int codec = bytes.getInt(8);
    int content = bytes.getInt(12);
    int stored = bytes.getInt(16);
    boolean possible =
        (codec == 0 || codec == 1)
            && content > 0
            && content <= ChunkStore.MAX_CHUNK_BYTES
            && stored > 0
            && stored <= MAX_STORED_BYTES;
    if (!possible) {
      return Optional.empty();
    }
    return Optional.of(
        new EntryHeader(
            bytes.getInt(4),
            codec == 0 ? Codec.PLAIN : Codec.ZSTD,
            content,
            stored,
            bytes.getInt(20),
            bytes.getInt(24),
            ChunkId.of(id)));
  }

  /** CRC-32C of what remains; position and limit move to the end. */
  static int sum(ByteBuffer bytes) {
    var sum = new CRC32C();
    sum.update(bytes);
    return (int) sum.getValue();
  }
}
