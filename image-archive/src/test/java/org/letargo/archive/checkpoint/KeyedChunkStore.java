package org.letargo.archive.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.ChunkWriter;
import org.letargo.archive.store.testing.MemoryChunkStore;

/** Names chunks by a secret, as an encrypted store does; the chunks lie in a plain one. */
public final class KeyedChunkStore implements ChunkStore {
  private final MemoryChunkStore plain = new MemoryChunkStore();
  private final Map<ChunkId, ChunkId> plainIds = new ConcurrentHashMap<>();

  private ChunkId keyed(ChunkId id) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update("secret".getBytes());
      ChunkId keyed = ChunkId.of(digest.digest(id.bytes()));
      plainIds.put(keyed, id);
      return keyed;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private ChunkId plain(ChunkId keyed) {
    return plainIds.getOrDefault(keyed, keyed);
  }

  @Override
  public ChunkWriter writer() {
    ChunkWriter writer = plain.writer();
    return new ChunkWriter() {
      @Override
      public CompletableFuture<ChunkId> put(ByteBuffer content) throws IOException {
        return writer.put(content).thenApply(KeyedChunkStore.this::keyed);
      }

      @Override
      public boolean retain(ChunkId id) throws IOException {
        return writer.retain(plain(id));
      }

      @Override
      public void flush() throws IOException {
        writer.flush();
      }

      @Override
      public Written written() {
        return writer.written();
      }

      @Override
      public void close() {
        writer.close();
      }
    };
  }

  @Override
  public int read(ChunkId id, ByteBuffer into) throws IOException {
    return plain.read(plain(id), into);
  }

  @Override
  public boolean contains(ChunkId id) {
    return plain.contains(plain(id));
  }

  @Override
  public Collected collect(LiveChunks live) throws IOException {
    return plain.collect(keep -> live.forEach(id -> keep.accept(plain(id))));
  }

  @Override
  public void close() {
    plain.close();
  }
}
