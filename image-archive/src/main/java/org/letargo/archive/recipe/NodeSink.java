package org.letargo.archive.recipe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.letargo.archive.store.ChunkId;

/** Takes the nodes of a recipe, children before parents; {@code ChunkWriter::put} is one. */
@FunctionalInterface
public interface NodeSink {
  /** Takes a node over; the buffer is not used again by the writer. */
  CompletableFuture<ChunkId> put(ByteBuffer node) throws IOException;
}
