package org.letargo.archive.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.letargo.archive.ArchiveLimits;
import org.letargo.archive.FrameInputStream;
import org.letargo.archive.TarHeaders;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.CheckpointWriter;

/**
 * Reads archives. Everything in them is hostile: no length is believed before it has been checked,
 * nothing is named that the manifest's strict list does not allow, and the heap stays below 64 MiB
 * whatever they claim. For one thread; the stream given stays open, it is the caller's.
 */
public final class ArchiveFileReader implements Closeable {
  private static final int BUFFER_BYTES = 64 << 10;

  private final FrameInputStream tar;
  private final CheckpointManifest manifest;
  private final int manifestBytes;

  private ArchiveFileReader(FrameInputStream tar, byte[] first) {
    this.tar = tar;
    this.manifest = ArchiveLayout.manifestOf(first);
    this.manifestBytes = first.length;
  }

  /**
   * Begins to read an archive: its manifest, in milliseconds whatever its size. Nothing behind it
   * is looked at before {@link #readInto}.
   *
   * @throws org.letargo.archive.ArchiveException UNSUPPORTED, CORRUPT or REFUSED
   */
  public static ArchiveFileReader open(InputStream in) throws IOException {
    var tar = new FrameInputStream(in);
    try {
      return new ArchiveFileReader(tar, tar.first());
    } catch (Throwable e) {
      tar.close();
      throw e;
    }
  }

  /** What the archive says that it holds. */
  public CheckpointManifest manifest() {
    return manifest;
  }

  /**
   * Puts all files into a checkpoint, each chunk compared with its hash; what the store has already
   * is not stored again. When it returns, everything has been checked to the last byte, and the
   * caller may commit; when it throws, the caller closes the writer, and nothing is left.
   *
   * @throws org.letargo.archive.ArchiveException TOO_LARGE before anything is written; UNSUPPORTED,
   *     CORRUPT, REFUSED
   */
  public void readInto(CheckpointWriter checkpoint, ArchiveLimits limits, TransferProgress progress)
      throws IOException {
    limits.check(
        manifest.totalBytes() + manifest.recipeBytes(), manifest.files().size(), manifestBytes);
    tar.expect(ArchiveLayout.bytesBehindManifest(manifest));
    try (var recipes = new RecipeSpool(checkpoint.spool());
        var content = new ContentIntake(checkpoint, this::readFully)) {
      requireHeader(
          ArchiveLayout.recipesHeader(manifest), ArchiveLayout.RECIPES, manifest.recipeBytes());
      for (CheckpointFile file : manifest.files()) {
        recipes.take(file, this::readFully);
      }
      requirePadding(manifest.recipeBytes(), ArchiveLayout.RECIPES);

      RecipeSpool.Reader items = recipes.reader();
      long doneBytes = 0;
      for (CheckpointFile file : manifest.files()) {
        requireHeader(ArchiveLayout.header(file, manifest), file.path(), file.sizeBytes());
        long before = doneBytes;
        content.take(file, items, bytes -> progress.on(before + bytes, manifest.totalBytes()));
        requirePadding(file.sizeBytes(), file.path());
        doneBytes += file.sizeBytes();
      }
      requireZeros(TarHeaders.END_BYTES, "the end");
      tar.finish();
    }
  }

  private void requireHeader(byte[] expected, String path, long sizeBytes) throws IOException {
    byte[] found = new byte[expected.length];
    readFully(found, found.length);
    if (!Arrays.equals(expected, found)) {
      throw TarHeaders.unexpected(path, sizeBytes, found);
    }
  }

  private void requirePadding(long contentBytes, String where) throws IOException {
    requireZeros(TarHeaders.paddingBytes(contentBytes), where);
  }

  private void requireZeros(int count, String where) throws IOException {
    byte[] found = new byte[Math.min(count, BUFFER_BYTES)];
    readFully(found, count);
    ArchiveLayout.requireZeros(found, 0, count, where);
  }

  private void readFully(byte[] target, int length) throws IOException {
    if (tar.readNBytes(target, 0, length) < length) {
      throw new IllegalStateException("the frames have as many bytes as the manifest says");
    }
  }

  /** Frees threads and buffers. */
  @Override
  public void close() {
    tar.close();
  }
}
