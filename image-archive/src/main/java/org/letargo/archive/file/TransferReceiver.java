package org.letargo.archive.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.ArchiveLimits;
import org.letargo.archive.CheckpointLayout;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.ChunksAhead;
import org.letargo.archive.recipe.RecipeItem;
import org.letargo.archive.recipe.RecipeNode;
import org.letargo.archive.store.ChunkId;

/**
 * Receives a checkpoint from a {@link TransferSender}. Everything that comes is hostile, as in
 * {@link ArchiveFileReader}: no length is believed before it has been checked, and what is put into
 * the store is compared with its hash. For one thread; the streams given stay open.
 */
public final class TransferReceiver {
  /**
   * Chunks that come more than once are asked for once, as long as there are not more than these.
   */
  private static final int MAX_REMEMBERED = 500_000;

  private final InputStream in;
  private final CheckpointManifest manifest;
  private final int manifestBytes;

  private TransferReceiver(InputStream in, byte[] manifest) {
    this.in = in;
    this.manifest = CheckpointManifest.parse(manifest);
    this.manifestBytes = manifest.length;
  }

  /**
   * Begins to receive: the manifest. Nothing behind it is looked at before {@link #readInto}.
   *
   * @throws ArchiveException UNSUPPORTED, CORRUPT or REFUSED
   */
  public static TransferReceiver open(InputStream in) throws IOException {
    byte[] magic = read(in, TransferFormat.MAGIC.length);
    if (!Arrays.equals(magic, TransferFormat.MAGIC)) {
      throw ArchiveException.refused(
          "the checkpoint is refused", "what comes does not begin like one that is moved");
    }
    int length = TransferFormat.length(read(in, Integer.BYTES));
    if (length < 1 || length > CheckpointLayout.MAX_MANIFEST_BYTES) {
      throw ArchiveException.refused(
          "the checkpoint is refused",
          "its manifest claims " + Integer.toUnsignedString(length) + " bytes");
    }
    return new TransferReceiver(in, read(in, length));
  }

  /** What the sender says that it sends. */
  public CheckpointManifest manifest() {
    return manifest;
  }

  /**
   * Asks for what the store lacks and puts all files into a checkpoint. When it returns, everything
   * has been checked to the last byte, and the caller may commit; when it throws, the caller closes
   * the writer, and nothing is left.
   *
   * @param wish where the answer goes; flushed
   * @param progress hears how much of the content has come, of how much was asked for
   * @throws ArchiveException TOO_LARGE before anything is asked for; CORRUPT, REFUSED
   * @throws EOFException if the sender is gone
   */
  public void readInto(
      CheckpointWriter checkpoint,
      OutputStream wish,
      ArchiveLimits limits,
      TransferProgress progress)
      throws IOException {
    limits.check(manifest.recipeBytes(), manifest.files().size(), manifestBytes);
    try (var recipes = new RecipeSpool(checkpoint.spool());
        ChunksAhead ahead = checkpoint.ahead()) {
      for (CheckpointFile file : manifest.files()) {
        recipes.take(file, this::readFully);
      }
      Lack lack = lack(recipes.reader(), ahead);
      limits.check(manifest.recipeBytes() + lack.bytes, manifest.files().size(), manifestBytes);
      wish.write(Arrays.copyOf(lack.wanted.toByteArray(), TransferFormat.wishBytes(lack.chunks)));
      wish.flush();

      RecipeSpool.Reader items = recipes.reader();
      try (var content =
          new TransferIntake(
              checkpoint,
              lack.wanted,
              this::readFully,
              doneBytes -> progress.on(doneBytes, lack.bytes))) {
        for (CheckpointFile file : manifest.files()) {
          content.take(file, items);
        }
      }
      if (in.read() >= 0) {
        throw ArchiveException.refused("the checkpoint is refused", "something is behind its end");
      }
    }
  }

  /** What the store does not have, and how much that is. */
  private static final class Lack {
    private final BitSet wanted = new BitSet();
    private long chunks;
    private long bytes;
  }

  /** What is there stays there until the checkpoint is committed or given up. */
  private Lack lack(RecipeSpool.Reader items, ChunksAhead ahead) throws IOException {
    var lack = new Lack();
    Set<ChunkId> asked = new HashSet<>();
    for (int file = 0; file < manifest.files().size(); file++) {
      for (Optional<RecipeNode.Items> node; (node = items.next()).isPresent(); ) {
        while (node.get().next()) {
          if (node.get().item() instanceof RecipeItem.Chunk chunk) {
            TransferFormat.wishBytes(lack.chunks + 1);
            if (!asked.contains(chunk.id()) && !ahead.retain(chunk.id())) {
              lack.wanted.set((int) lack.chunks);
              lack.bytes += chunk.length();
              if (asked.size() < MAX_REMEMBERED) {
                asked.add(chunk.id());
              }
            }
            lack.chunks++;
          }
        }
      }
    }
    return lack;
  }

  private void readFully(byte[] target, int length) throws IOException {
    if (in.readNBytes(target, 0, length) < length) {
      throw new EOFException("the sender has gone");
    }
  }

  private static byte[] read(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the sender has gone");
    }
    return bytes;
  }
}
