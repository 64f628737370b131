package org.letargo.archive.store.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.pack.EntryHeader.Codec;

/**
 * Names chunks and makes entries of them. Holds native memory, about 2 MiB once it has met long
 * chunks, and nothing is allocated per chunk but its id. For one thread at a time.
 *
 * <p>Nothing is tried beforehand to find what does not compress: zstd gives up on random bytes at 5
 * GB/s by itself, several times the speed of the hash.
 */
final class Packer implements AutoCloseable {
  private static final int FIRST_BYTES = 64 << 10;

  private final ContentHash hash;
  private final EntryCipher cipher = new EntryCipher();
  private final ZstdCompressCtx zstd = new ZstdCompressCtx();

  /** A content that came in the heap, where zstd could reach it only by stopping the collector. */
  private ByteBuffer input = ByteBuffer.allocateDirect(FIRST_BYTES);

  private ByteBuffer entry = room(FIRST_BYTES);
  private ByteBuffer encrypted = ByteBuffer.allocateDirect(0);

  Packer(StoreKeys keys, int level) {
    this.hash = keys.contentHash();
    zstd.setLevel(level);
    zstd.setContentSize(false); // the header says it
    zstd.setChecksum(false); // the hash is one
  }

  private static ByteBuffer room(int contentLength) {
    return ByteBuffer.allocateDirect(
        EntryHeader.BYTES
            + Math.toIntExact(Zstd.compressBound(contentLength))
            + EntryHeader.TAG_BYTES);
  }

  private void makeRoom(int contentLength) {
    if (input.capacity() < contentLength) {
      input = ByteBuffer.allocateDirect(ChunkStore.MAX_CHUNK_BYTES);
      entry = room(ChunkStore.MAX_CHUNK_BYTES);
    }
    entry.clear();
  }

  /** The name of what lies from position to limit; both stay. */
  ChunkId idOf(ByteBuffer content) {
    return hash.of(content);
  }

  /** At most so much an entry takes, header included. */
  static int maxEntryBytes(int contentLength) {
    return EntryHeader.BYTES + contentLength + EntryHeader.TAG_BYTES;
  }

  /**
   * Makes an entry.
   *
   * @param content from position to limit; both stay
   * @return the entry from position to limit, in a buffer of this object: good until the next call
   */
  ByteBuffer pack(ChunkId id, ByteBuffer content, PackSlot slot) {
    int length = content.remaining();
    ByteBuffer direct = direct(content);
    int stored = compress(direct, length);
    Codec codec = Codec.ZSTD;
    if (stored >= length) {
      codec = Codec.PLAIN;
      stored = length;
      entry.put(EntryHeader.BYTES, direct, direct.position(), length);
    }
    return finish(codec, length, stored, id, slot);
  }

  /** What the entry of a content would take, without encryption. */
  int storedBytes(ByteBuffer content) {
    int length = content.remaining();
    return EntryHeader.BYTES + Math.min(length, compress(direct(content), length));
  }

  private ByteBuffer direct(ByteBuffer content) {
    makeRoom(content.remaining());
    return content.isDirect() ? content : input.clear().put(content.duplicate()).flip();
  }

  /** Puts the compressed content where it stands in an entry; it may be longer than before. */
  private int compress(ByteBuffer direct, int length) {
    return zstd.compressDirectByteBuffer(
        entry,
        EntryHeader.BYTES,
        entry.capacity() - EntryHeader.BYTES,
        direct,
        direct.position(),
        length);
  }

  /**
   * Makes an entry of one that is in another pack.
   *
   * @param header of the other entry
   * @param stored its stored bytes, decrypted
   */
  ByteBuffer repack(EntryHeader header, ByteBuffer stored, PackSlot slot) {
    int length = stored.remaining();
    makeRoom(length);
    entry.put(EntryHeader.BYTES, stored, stored.position(), length);
    return finish(header.codec(), header.contentLength(), length, header.id(), slot);
  }

  /** Header and encryption around the stored bytes that lie in {@link #entry}. */
  private ByteBuffer finish(Codec codec, int contentLength, int length, ChunkId id, PackSlot slot) {
    boolean plain = slot.key().isEmpty();
    int sum = plain ? EntryHeader.sum(entry.slice(EntryHeader.BYTES, length)) : 0;
    int storedLength = plain ? length : length + EntryHeader.TAG_BYTES;
    new EntryHeader(slot.pack(), codec, contentLength, storedLength, slot.sequence(), sum, id)
        .write(entry);
    if (plain) {
      return entry.limit(EntryHeader.BYTES + length).position(0);
    }
    if (encrypted.capacity() < entry.capacity()) {
      encrypted = ByteBuffer.allocateDirect(entry.capacity());
    }
    encrypted.clear().put(0, entry, 0, EntryHeader.BYTES).position(EntryHeader.BYTES);
    cipher.encrypt(
        slot.key().get(),
        slot.sequence(),
        entry.slice(0, EntryHeader.SUMMED_BYTES),
        entry.slice(EntryHeader.BYTES, length),
        encrypted);
    return encrypted.flip();
  }

  @Override
  public void close() {
    zstd.close();
  }
}
