package org.letargo.archive.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.letargo.archive.recipe.Recipe;
import org.letargo.archive.recipe.RecipeCursor;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.store.ChunkStore;

/** A file of a checkpoint from its beginning to its end, item by item. For one thread. */
final class StoredStream extends InputStream {
  private static final int MAX_ZEROS = 64 << 10;

  private final ChunkStore chunks;
  private final Recipe recipe;
  private final StoredCheckpoint.Errors errors;
  private Optional<RecipeCursor> cursor = Optional.empty();
  private ByteBuffer content = ByteBuffer.allocate(0); // of the current item, or a part of it
  private ByteBuffer chunk = ByteBuffer.allocate(0); // used again and again
  private long zeros; // still to come

  StoredStream(ChunkStore chunks, Recipe recipe, StoredCheckpoint.Errors errors) {
    this.chunks = chunks;
    this.recipe = recipe;
    this.errors = errors;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      if (!content.hasRemaining() && !fill()) {
        return -1;
      }
    } catch (IOException | RuntimeException e) {
      throw errors.in(e);
    }
    int n = Math.min(length, content.remaining());
    content.get(target, offset, n);
    return n;
  }

  private boolean fill() throws IOException {
    if (zeros == 0) {
      if (cursor.isEmpty()) {
        cursor = Optional.of(recipe.begin());
      }
      if (!cursor.get().next()) {
        return false;
      }
      if (!(cursor.get().item() instanceof RecipeItem.Zeros run)) {
        read(cursor.get().item());
        return true;
      }
      zeros = run.lengthBytes();
    }
    int n = (int) Math.min(zeros, MAX_ZEROS);
    zeros -= n;
    read(new RecipeItem.Zeros(n));
    return true;
  }

  private void read(RecipeItem item) throws IOException {
    int length = (int) item.lengthBytes();
    if (chunk.capacity() < length) {
      chunk = ByteBuffer.allocate(length);
    }
    ContentReader.read(chunks, item, chunk.clear());
    content = chunk.flip();
  }
}
