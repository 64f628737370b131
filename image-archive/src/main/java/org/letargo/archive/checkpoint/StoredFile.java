package org.letargo.archive.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.letargo.archive.recipe.Recipe;
import org.letargo.archive.recipe.RecipeCursor;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.store.ChunkStore;

/**
 * The content of one file of a checkpoint, read from any place. The chunk read last is kept, as the
 * next read is mostly near. May be used by several threads; each read is checked by the store.
 */
public final class StoredFile {
  private final ChunkStore chunks;
  private final Recipe recipe;
  private final StoredCheckpoint.Errors errors;

  /** Never changed once it is here. */
  private volatile Kept kept = new Kept(0, ByteBuffer.allocate(0));

  private record Kept(long offset, ByteBuffer content) {}

  StoredFile(ChunkStore chunks, Recipe recipe, StoredCheckpoint.Errors errors) {
    this.chunks = chunks;
    this.recipe = recipe;
    this.errors = errors;
  }

  /** Length of the content. */
  public long sizeBytes() {
    return recipe.sizeBytes();
  }

  /**
   * Reads from an offset until the buffer is full or the file ends.
   *
   * @return how many bytes there were
   * @throws org.letargo.archive.ArchiveException CORRUPT, naming checkpoint, file and chunk
   */
  public int read(long offset, ByteBuffer into) throws IOException {
    int wanted = (int) Math.min(into.remaining(), Math.max(0, sizeBytes() - offset));
    int end = into.position() + wanted;
    try {
      long at = offset;
      while (into.position() < end) {
        Kept piece = kept;
        if (at < piece.offset || at >= piece.offset + piece.content.limit()) {
          RecipeCursor cursor = recipe.at(at);
          cursor.next();
          if (cursor.item() instanceof RecipeItem.Zeros) {
            at += zeros(into, (int) Math.min(end - into.position(), cursor.end() - at));
            continue;
          }
          piece = fetch(cursor);
        }
        int from = (int) (at - piece.offset);
        int n = Math.min(end - into.position(), piece.content.limit() - from);
        into.put(piece.content.slice(from, n));
        at += n;
      }
    } catch (IOException | RuntimeException e) {
      throw errors.in(e);
    }
    return wanted;
  }

  private static int zeros(ByteBuffer into, int count) {
    into.put(new byte[count]);
    return count;
  }

  private Kept fetch(RecipeCursor cursor) throws IOException {
    ByteBuffer content = ByteBuffer.allocate((int) cursor.item().lengthBytes());
    ContentReader.read(chunks, cursor.item(), content);
    kept = new Kept(cursor.offset(), content.flip());
    return kept;
  }

  /** The content from the beginning on, for one thread. Nothing needs to be closed. */
  public InputStream stream() {
    return new StoredStream(chunks, recipe, errors);
  }
}
