package org.letargo.archive.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.letargo.archive.recipe.RecipeWriter;
import org.letargo.archive.store.ChunkId;
import org.letargo.archive.store.ChunkWriter;

/**
 * One file of a checkpoint while it is put together, from its beginning to its end. Chunks are
 * hashed and stored beside the caller. For one thread; several files may be written side by side.
 * The file is in the checkpoint after {@link #finish}; closed before, it is not.
 */
public final class FileWriter implements ContentSink, Closeable {
  /** Where files are cut that have no better places of their own. */
  static final int CUT_BYTES = 64 << 10;

  /** Shorter files are literals of their recipe: one chunk instead of two. */
  private static final int MAX_SMALL_BYTES = 4096;

  private static final ByteBuffer ZEROS = ByteBuffer.allocate(CUT_BYTES).asReadOnlyBuffer();

  private final CheckpointWriter checkpoint;
  private final String path;
  private final ChunkWriter chunks;
  private final RecipeWriter recipe;
  private boolean open = true;

  FileWriter(CheckpointWriter checkpoint, String path, ChunkWriter chunks) {
    this.checkpoint = checkpoint;
    this.path = path;
    this.chunks = chunks;
    this.recipe = new RecipeWriter(chunks::put);
  }

  /** Whether there are only zeros from position to limit. */
  public static boolean isZero(ByteBuffer content) {
    ByteBuffer rest = content.duplicate();
    while (rest.hasRemaining()) {
      int n = Math.min(rest.remaining(), CUT_BYTES);
      if (rest.slice(rest.position(), n).mismatch(ZEROS.slice(0, n)) >= 0) {
        return false;
      }
      rest.position(rest.position() + n);
    }
    return true;
  }

  @Override
  public Optional<CompletableFuture<ChunkId>> chunk(ByteBuffer content, Runnable release)
      throws IOException {
    int length = content.remaining();
    Optional<CompletableFuture<ChunkId>> id = put(chunks, content, release);
    if (id.isPresent()) {
      recipe.chunk(length, id.get());
    } else {
      recipe.zeros(length);
    }
    return id;
  }

  static Optional<CompletableFuture<ChunkId>> put(
      ChunkWriter chunks, ByteBuffer content, Runnable release) throws IOException {
    if (isZero(content)) {
      release.run();
      return Optional.empty();
    }
    return Optional.of(store(chunks, content, release));
  }

  static CompletableFuture<ChunkId> store(ChunkWriter chunks, ByteBuffer content, Runnable release)
      throws IOException {
    CompletableFuture<ChunkId> id;
    try {
      id = chunks.put(content);
    } catch (IOException | RuntimeException e) {
      release.run();
      throw e;
    }
    id.whenComplete((_, _) -> release.run());
    return id;
  }

  @Override
  public CompletableFuture<ChunkId> store(ByteBuffer content, Runnable release) throws IOException {
    return store(chunks, content, release);
  }

  @Override
  public void late(int lengthBytes, CompletableFuture<ChunkId> id) throws IOException {
    recipe.chunk(lengthBytes, id);
  }

  @Override
  public boolean retain(ChunkId id) throws IOException {
    return chunks.retain(id);
  }

  @Override
  public void known(int lengthBytes, ChunkId id) throws IOException {
    recipe.chunk(lengthBytes, CompletableFuture.completedFuture(id));
  }

  @Override
  public void zeros(long lengthBytes) {
    recipe.zeros(lengthBytes);
  }

  /** Goes on with bytes that become part of the recipe. */
  public void literal(byte[] bytes) throws IOException {
    recipe.literal(bytes, 0, bytes.length);
  }

  /** Goes on with all that a stream has, cut every 64 KiB; the stream stays open. */
  public void copy(InputStream in) throws IOException {
    while (true) {
      ByteBuffer buffer = checkpoint.windows().take();
      int n = -1;
      try {
        n = in.readNBytes(buffer.array(), 0, CUT_BYTES);
      } finally {
        if (n <= 0) {
          checkpoint.windows().give(buffer);
        }
      }
      if (n > 0) {
        end(buffer.limit(n), () -> checkpoint.windows().give(buffer));
      }
      if (n < CUT_BYTES) {
        return;
      }
    }
  }

  /**
   * A stream whose bytes the file goes on with, cut every 64 KiB. Closing it hands the last ones
   * on; the file stays open.
   */
  public OutputStream stream() {
    return new FileStream(this, checkpoint.windows());
  }

  /** Goes on with content that is a whole file if it is short. */
  void end(ByteBuffer content, Runnable release) throws IOException {
    if (content.remaining() <= MAX_SMALL_BYTES && recipe.sizeBytes() == 0) {
      try {
        recipe.literal(content.array(), 0, content.remaining());
      } finally {
        release.run();
      }
    } else {
      chunk(content, release);
    }
  }

  /** How much content it has so far. */
  public long sizeBytes() {
    return recipe.sizeBytes();
  }

  /**
   * Waits until all chunks have a place and puts the file into the checkpoint.
   *
   * @throws IOException if a chunk could not be stored
   */
  public CheckpointFile finish() throws IOException {
    var file = CheckpointFile.of(path, recipe.finish());
    open = false;
    checkpoint.finished(file, chunks);
    return file;
  }

  /** Gives the file up unless it is finished. */
  @Override
  public void close() {
    if (open) {
      open = false;
      checkpoint.abandoned(path, chunks);
    }
  }
}
