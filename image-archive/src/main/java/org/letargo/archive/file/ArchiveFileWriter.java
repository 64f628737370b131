package org.letargo.archive.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.letargo.archive.FrameOutputStream;
import org.letargo.archive.TarHeaders;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.recipe.Recipe;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.recipe.RecipeNode;
import org.letargo.archive.store.ChunkId;

/**
 * Writes a checkpoint of a store as one archive file. The same checkpoint gives the same bytes,
 * from any store and with any number of processors. Memory stays flat: a few frames of 2 MiB and a
 * few chunks per processor.
 */
public final class ArchiveFileWriter {
  private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 16);

  private ArchiveFileWriter() {}

  /**
   * Writes the archive, checking every chunk on the way: what does not fail is a whole and true
   * copy. What has been written when it fails is never a valid archive.
   *
   * @param out stays open and is flushed, it is the caller's
   * @return the manifest of what was written; its roots are plain SHA-256 also if the store's are
   *     not
   * @throws org.letargo.archive.ArchiveException CORRUPT, naming the file and the chunk
   */
  public static CheckpointManifest write(
      StoredCheckpoint checkpoint, OutputStream out, TransferProgress progress) throws IOException {
    return write(checkpoint, out, progress, THREADS);
  }

  static CheckpointManifest write(
      StoredCheckpoint checkpoint, OutputStream out, TransferProgress progress, int threads)
      throws IOException {
    try (var recipes = PlainRecipes.of(checkpoint);
        var frames = new FrameOutputStream(out, threads);
        var transfer = checkpoint.transfer(progress)) {
      CheckpointManifest manifest = recipes.manifest();
      frames.writeFirst(ArchiveLayout.manifestEntry(manifest));

      frames.write(ArchiveLayout.recipesHeader(manifest));
      for (CheckpointFile file : manifest.files()) {
        write(recipes.recipe(file), frames);
      }
      pad(manifest.recipeBytes(), frames);

      for (CheckpointFile file : checkpoint.manifest().files()) {
        frames.write(ArchiveLayout.header(file, manifest));
        transfer.copy(file, frames);
        pad(file.sizeBytes(), frames);
      }
      frames.write(new byte[TarHeaders.END_BYTES]);
      frames.finish();
      return manifest;
    }
  }

  private static void pad(long contentBytes, OutputStream out) throws IOException {
    out.write(new byte[TarHeaders.paddingBytes(contentBytes)]);
  }

  /** All nodes, each behind its length, parents before children. */
  private static void write(Recipe recipe, OutputStream out) throws IOException {
    recipe.walk(
        new Recipe.Visitor() {
          @Override
          public boolean enter(ChunkId id) {
            return true;
          }

          @Override
          public void node(RecipeNode node) throws IOException {
            ByteBuffer bytes = node.bytes();
            byte[] framed = new byte[Integer.BYTES + bytes.remaining()];
            ByteBuffer.wrap(framed)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.remaining())
                .put(bytes);
            out.write(framed);
          }

          @Override
          public void item(RecipeItem item) {}
        });
  }
}
