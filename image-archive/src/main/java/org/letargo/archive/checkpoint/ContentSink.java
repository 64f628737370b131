package org.letargo.archive.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.letargo.archive.store.ChunkId;

/** Takes content piece by piece. For one thread. */
public interface ContentSink {
  /**
   * Goes on with content that becomes one chunk; if it is only zeros, a run of zeros.
   *
   * @param content 1 byte to 1 MiB, from position to limit; not to be changed before {@code
   *     release} was called
   * @param release called once, by any thread, when the content is needed no more
   * @return the chunk's id when it is stored; empty at once if there were only zeros
   */
  Optional<CompletableFuture<ChunkId>> chunk(ByteBuffer content, Runnable release)
      throws IOException;

  /**
   * Stores content that has its place already, by {@link #late}; also if it is only zeros.
   *
   * @param content as for {@link #chunk}
   * @param release as for {@link #chunk}
   */
  CompletableFuture<ChunkId> store(ByteBuffer content, Runnable release) throws IOException;

  /**
   * Goes on with a chunk whose content comes later. If there are too many of them, or at the end,
   * its {@code get} is called.
   */
  void late(int lengthBytes, CompletableFuture<ChunkId> id) throws IOException;

  /**
   * Says that a chunk will be named of which only the id is known.
   *
   * @return whether it is there; if so it stays while the checkpoint is being written
   */
  boolean retain(ChunkId id) throws IOException;

  /** Goes on with a chunk that {@link #retain} has found. */
  void known(int lengthBytes, ChunkId id) throws IOException;

  /** Goes on with zeros, which cost nothing. */
  void zeros(long lengthBytes);
}
