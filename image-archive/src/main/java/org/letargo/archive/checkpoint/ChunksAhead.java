package org.letargo.archive.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkWriter;

/**
 * Stores chunks before the file is written that will name them. They stay until the checkpoint is
 * committed or given up. For one thread.
 */
public final class ChunksAhead implements ContentSink, Closeable {
  private final CheckpointWriter checkpoint;
  private final ChunkWriter chunks;

  ChunksAhead(CheckpointWriter checkpoint, ChunkWriter chunks) {
    this.checkpoint = checkpoint;
    this.chunks = chunks;
  }

  @Override
  public Optional<CompletableFuture<ChunkId>> chunk(ByteBuffer content, Runnable release)
      throws IOException {
    return FileWriter.put(chunks, content, release);
  }

  @Override
  public CompletableFuture<ChunkId> store(ByteBuffer content, Runnable release) throws IOException {
    return FileWriter.store(chunks, content, release);
  }

  @Override
  public void late(int lengthBytes, CompletableFuture<ChunkId> id) {
    // nothing names it yet
  }

  @Override
  public boolean retain(ChunkId id) throws IOException {
    return chunks.retain(id);
  }

  @Override
  public void known(int lengthBytes, ChunkId id) {
    // nothing names it yet
  }

  @Override
  public void zeros(long lengthBytes) {
    // zeros are nothing
  }

  /** No more chunks come. */
  @Override
  public void close() {
    checkpoint.done(chunks);
  }
}
