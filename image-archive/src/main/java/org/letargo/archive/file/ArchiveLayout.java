package org.letargo.archive.file;

import static org.letargo.archive.ArchiveException.quoted;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.CheckpointLayout;
import org.letargo.archive.TarHeaders;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointManifest;

/**
 * Where everything is in the tar of an archive: the entry of the manifest, the entry of all
 * recipes, the entries of the files, the end. All of it follows from the manifest.
 */
final class ArchiveLayout {
  /** The entry of all recipes. */
  static final String RECIPES = "recipes";

  private static final int SIZE_FIELD = 124;
  private static final int SIZE_DIGITS = 11;

  private ArchiveLayout() {}

  /** The first entry, whole: header, content, padding. */
  static byte[] manifestEntry(CheckpointManifest manifest) {
    byte[] json = manifest.toJson();
    byte[] header =
        TarHeaders.header(CheckpointLayout.MANIFEST, json.length, manifest.checkpoint().takenAt());
    return ByteBuffer.allocate(header.length + json.length + TarHeaders.paddingBytes(json.length))
        .put(header)
        .put(json)
        .array();
  }

  /** Reads the first entry, compared in place as it may be large. */
  static CheckpointManifest manifestOf(byte[] entry) {
    int contentBytes = manifestBytes(entry);
    CheckpointManifest manifest = CheckpointManifest.parse(entry, TarHeaders.BLOCK, contentBytes);
    byte[] header =
        TarHeaders.header(CheckpointLayout.MANIFEST, contentBytes, manifest.checkpoint().takenAt());
    if (!Arrays.equals(header, Arrays.copyOf(entry, TarHeaders.BLOCK))) {
      throw TarHeaders.unexpected(CheckpointLayout.MANIFEST, contentBytes, entry);
    }
    requireZeros(entry, TarHeaders.BLOCK + contentBytes, entry.length, CheckpointLayout.MANIFEST);
    return manifest;
  }

  /** How long the JSON is; the first frame must hold that and nothing else. */
  private static int manifestBytes(byte[] entry) {
    long size = 0;
    for (int i = SIZE_FIELD; i < SIZE_FIELD + SIZE_DIGITS; i++) {
      if (entry[i] < '0' || entry[i] > '7') {
        throw TarHeaders.unexpected(CheckpointLayout.MANIFEST, 0, entry);
      }
      size = size << 3 | entry[i] - '0';
    }
    if (TarHeaders.BLOCK + size + TarHeaders.paddingBytes(size) != entry.length) {
      throw ArchiveException.refused(
          "the archive is refused", "its first frame is not the manifest alone");
    }
    return (int) size;
  }

  static byte[] recipesHeader(CheckpointManifest manifest) {
    return TarHeaders.header(RECIPES, manifest.recipeBytes(), manifest.checkpoint().takenAt());
  }

  static byte[] header(CheckpointFile file, CheckpointManifest manifest) {
    return TarHeaders.header(file.path(), file.sizeBytes(), manifest.checkpoint().takenAt());
  }

  /** How long the whole tar is behind the manifest's entry. */
  static long bytesBehindManifest(CheckpointManifest manifest) {
    long bytes = recipesHeader(manifest).length + padded(manifest.recipeBytes());
    for (CheckpointFile file : manifest.files()) {
      bytes += header(file, manifest).length + padded(file.sizeBytes());
    }
    return bytes + TarHeaders.END_BYTES;
  }

  private static long padded(long bytes) {
    return bytes + TarHeaders.paddingBytes(bytes);
  }

  static void requireZeros(byte[] bytes, int from, int to, String where) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        throw ArchiveException.refused(
            "the archive is refused", "there is something behind " + quoted(where));
      }
    }
  }
}
