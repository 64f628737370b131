package org.letargo.archive.store.pack;

import java.nio.ByteBuffer;
import org.letargo.archive.store.ChunkId;

/** Names contents. For one thread at a time. */
interface ContentHash {
  /** The id of what lies from position to limit; both stay. */
  ChunkId of(ByteBuffer content);
}
