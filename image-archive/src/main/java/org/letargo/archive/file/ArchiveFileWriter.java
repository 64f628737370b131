package org.letargo.archive.file;

import java.io.IOException;
import java.io.OutputStream;
import org.letargo.archive.FrameOutputStream;
import org.letargo.archive.TarHeaders;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.StoredCheckpoint;

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
        RecipeNodes.write(recipes.recipe(file), frames);
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
}
