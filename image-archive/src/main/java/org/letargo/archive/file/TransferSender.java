package org.letargo.archive.file;

import static org.letargo.archive.ArchiveException.quoted;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.recipe.RecipeCursor;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.store.ChunkException;

/**
 * Sends a checkpoint to a {@link TransferReceiver}: what it is made of, and of its content what the
 * receiver asks for. Memory stays flat, but for a bit per chunk. For one thread.
 */
public final class TransferSender {
  private final StoredCheckpoint checkpoint;
  private final boolean packed;
  private final OutputStream out;

  private TransferSender(StoredCheckpoint checkpoint, boolean packed, OutputStream out) {
    this.checkpoint = checkpoint;
    this.packed = packed;
    this.out = out;
  }

  /**
   * Sends it.
   *
   * @param packed whether chunks are packed by zstd, where that makes them shorter: for links that
   *     are slower than a processor
   * @param wish what the receiver answers; stays open
   * @param out flushed before the answer is waited for, and at the end; stays open
   * @param progress hears how much of the content has been sent, of how much was asked for
   * @throws ArchiveException CORRUPT if the checkpoint is damaged, TOO_LARGE
   * @throws EOFException if the receiver is gone
   */
  public static void send(
      StoredCheckpoint checkpoint,
      boolean packed,
      InputStream wish,
      OutputStream out,
      TransferProgress progress)
      throws IOException {
    var sender = new TransferSender(checkpoint, packed, out);
    long chunks = sender.outline();
    byte[] bits = new byte[TransferFormat.wishBytes(chunks)];
    if (wish.readNBytes(bits, 0, bits.length) < bits.length) {
      throw new EOFException("the receiver has gone");
    }
    sender.content(BitSet.valueOf(bits), progress);
  }

  /** How many chunks there are in the recipes. */
  private long outline() throws IOException {
    try (var recipes = PlainRecipes.of(checkpoint)) {
      byte[] manifest = recipes.manifest().toJson();
      out.write(TransferFormat.MAGIC);
      out.write(TransferFormat.length(manifest.length));
      out.write(manifest);
      long chunks = 0;
      for (CheckpointFile file : recipes.manifest().files()) {
        chunks += RecipeNodes.write(recipes.recipe(file), out);
      }
      out.flush();
      return chunks;
    }
  }

  private void content(BitSet wanted, TransferProgress progress) throws IOException {
    long totalBytes = 0;
    for (int pass = 0; pass < 2; pass++) { // first count, then send
      long doneBytes = 0;
      int index = 0;
      for (CheckpointFile file : checkpoint.manifest().files()) {
        for (RecipeCursor cursor = checkpoint.recipe(file).begin(); cursor.next(); ) {
          if (cursor.item() instanceof RecipeItem.Chunk chunk && wanted.get(index++)) {
            if (pass > 0) {
              send(file, chunk);
              progress.on(doneBytes + chunk.length(), totalBytes);
            }
            doneBytes += chunk.length();
          }
        }
      }
      totalBytes = doneBytes;
    }
    out.flush();
  }

  private void send(CheckpointFile file, RecipeItem.Chunk chunk) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(chunk.length());
    try {
      checkpoint.chunks().read(chunk.id(), content);
    } catch (ChunkException e) {
      String where = "checkpoint " + checkpoint.manifest().checkpoint().id();
      throw ArchiveException.corrupt(
          where + " is damaged at " + quoted(file.path()), e.getMessage(), e);
    }
    TransferFormat.writeContent(content.array(), packed, out);
  }
}
