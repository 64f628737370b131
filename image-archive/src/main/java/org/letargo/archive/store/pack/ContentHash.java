package org.letargo.archive.store.pack;

import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.letargo.archive.store.ChunkId;

/** Names contents. For one thread at a time. */
final class ContentHash {
  private static final int STEP_BYTES = 16 << 10;

  private final Update update;
  private final Supplier<byte[]> end;

  /** The JDK hashes arrays only; given another buffer it makes a new array each time. */
  private final byte[] step = new byte[STEP_BYTES];

  /** Takes more bytes. */
  interface Update {
    void bytes(byte[] bytes, int offset, int length);
  }

  /**
   * @param end gives the hash of all that was taken, and begins anew
   */
  ContentHash(Update update, Supplier<byte[]> end) {
    this.update = update;
    this.end = end;
  }

  /** The id of what lies from position to limit; both stay. */
  ChunkId of(ByteBuffer content) {
    if (content.hasArray()) {
      int offset = content.arrayOffset() + content.position();
      update.bytes(content.array(), offset, content.remaining());
      return ChunkId.of(end.get());
    }
    int limit = content.limit();
    for (int at = content.position(); at < limit; at += STEP_BYTES) {
      int length = Math.min(STEP_BYTES, limit - at);
      content.get(at, step, 0, length);
      update.bytes(step, 0, length);
    }
    return ChunkId.of(end.get());
  }
}
