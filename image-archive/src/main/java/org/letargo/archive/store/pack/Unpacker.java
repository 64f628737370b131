package org.letargo.archive.store.pack;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.Optional;
import javax.crypto.SecretKey;
import org.letargo.archive.store.ChunkStore;

/**
 * Takes entries apart and believes nothing of them. Holds native memory, up to 3 MiB. For one
 * thread at a time.
 */
final class Unpacker implements AutoCloseable {
  private static final int FIRST_BYTES = 64 << 10;

  private final ContentHash hash;
  private final EntryCipher cipher = new EntryCipher();
  private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
  private ByteBuffer entry = ByteBuffer.allocateDirect(Packer.maxEntryBytes(FIRST_BYTES));
  private ByteBuffer decrypted = ByteBuffer.allocateDirect(0);
  private ByteBuffer content = ByteBuffer.allocateDirect(FIRST_BYTES);

  Unpacker(StoreKeys keys) {
    this.hash = keys.contentHash();
  }

  /** An entry that is not what its name says; the message says why. */
  static final class Damage extends Exception {
    private static final long serialVersionUID = 1L;

    Damage(String why) {
      super(why, null, false, false);
    }
  }

  /** Room for an entry, for the caller to fill; good until the next call. */
  ByteBuffer entryBuffer(int bytes) {
    if (entry.capacity() < bytes) {
      entry = ByteBuffer.allocateDirect(Packer.maxEntryBytes(ChunkStore.MAX_CHUNK_BYTES));
    }
    return entry.clear().limit(bytes);
  }

  /** The stored bytes of an entry, decrypted. */
  ByteBuffer stored(EntryHeader header, ByteBuffer bytes, Optional<SecretKey> key) throws Damage {
    int at = bytes.position() + EntryHeader.BYTES;
    ByteBuffer stored = bytes.slice(at, header.storedLength());
    if (key.isEmpty()) {
      return stored;
    }
    if (decrypted.capacity() < bytes.capacity()) {
      decrypted = ByteBuffer.allocateDirect(bytes.capacity());
    }
    ByteBuffer summed = bytes.slice(bytes.position(), EntryHeader.SUMMED_BYTES);
    if (header.storedLength() < EntryHeader.TAG_BYTES
        || !cipher.decrypt(key.get(), header.sequence(), summed, stored, decrypted.clear())) {
      throw new Damage("it was changed, or encrypted with another key");
    }
    return decrypted.flip();
  }

  /**
   * Unpacks an entry and compares the hash of its content.
   *
   * @param bytes header and stored bytes, at the position, which stays
   * @param into receives the content; its position moves only if all is well
   */
  void unpack(EntryHeader header, ByteBuffer bytes, Optional<SecretKey> key, ByteBuffer into)
      throws Damage {
    ByteBuffer stored = stored(header, bytes, key);
    ByteBuffer target = into.slice(into.position(), header.contentLength());
    switch (header.codec()) {
      case PLAIN -> copy(header, stored, target);
      case ZSTD -> decompress(header, stored, target);
    }
    if (!hash.of(target).equals(header.id())) {
      throw new Damage("its content has another hash");
    }
    into.position(into.position() + header.contentLength());
  }

  /** The same for one whose content nobody wants. */
  void verify(EntryHeader header, ByteBuffer bytes, Optional<SecretKey> key) throws Damage {
    unpack(header, bytes, key, scratch(header.contentLength()));
  }

  private static void copy(EntryHeader header, ByteBuffer stored, ByteBuffer target) throws Damage {
    if (stored.remaining() != header.contentLength()) {
      throw new Damage("its content has another length");
    }
    target.put(0, stored, stored.position(), stored.remaining());
  }

  private void decompress(EntryHeader header, ByteBuffer stored, ByteBuffer target) throws Damage {
    ByteBuffer direct = target.isDirect() ? target : scratch(header.contentLength());
    int length;
    try {
      length =
          zstd.decompressDirectByteBuffer(
              direct,
              direct.position(),
              header.contentLength(),
              stored,
              stored.position(),
              stored.remaining());
    } catch (ZstdException e) {
      throw new Damage("zstd cannot unpack it (" + e.getMessage() + ")");
    }
    if (length != header.contentLength()) {
      throw new Damage("its content has another length");
    }
    if (direct != target) {
      target.put(0, direct, direct.position(), length);
    }
  }

  private ByteBuffer scratch(int length) {
    if (content.capacity() < length) {
      content = ByteBuffer.allocateDirect(ChunkStore.MAX_CHUNK_BYTES);
    }
    return content.clear().limit(length);
  }

  @Override
  public void close() {
    zstd.close();
  }
}
