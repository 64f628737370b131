package org.letargo.archive.checkpoint;

import java.util.List;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.CheckpointDescription;
import org.letargo.archive.CheckpointLayout;
import org.letargo.archive.ManifestJson;

/**
 * The list of everything in a checkpoint: what makes it exist in a store, and what comes first in
 * an archive. A value of this type has been checked, wherever it came from.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param files sorted by path, without duplicates
 */
public record CheckpointManifest(
    int formatVersion, CheckpointDescription checkpoint, List<CheckpointFile> files) {
  /** The version that this code writes; the only one that it reads. */
  public static final int FORMAT_VERSION = 2;

  /**
   * @throws ArchiveException UNSUPPORTED for another version, REFUSED for files out of order
   */
  public CheckpointManifest {
    requireVersion(formatVersion);
    if (files.size() > CheckpointLayout.MAX_FILES) {
      throw ArchiveException.refused(
          "the manifest is refused", "it has more than " + CheckpointLayout.MAX_FILES + " files");
    }
    files = List.copyOf(files);
    for (int i = 1; i < files.size(); i++) {
      String before = files.get(i - 1).path();
      String path = files.get(i).path();
      if (before.compareTo(path) >= 0) {
        throw CheckpointFile.refused(
            path, before.equals(path) ? "it is listed twice" : "the list is not sorted by path");
      }
    }
  }

  /**
   * Reads a manifest from its JSON bytes. Unknown, missing, repeated and null fields are refused.
   *
   * @throws ArchiveException REFUSED or UNSUPPORTED
   */
  public static CheckpointManifest parse(byte[] json) {
    return parse(json, 0, json.length);
  }

  /** The same from a part of an array. */
  public static CheckpointManifest parse(byte[] json, int offset, int length) {
    ManifestJson.formatVersion(json, offset, length).ifPresent(CheckpointManifest::requireVersion);
    return ManifestJson.parse(json, offset, length, CheckpointManifest.class);
  }

  private static void requireVersion(int version) {
    if (version != FORMAT_VERSION) {
      throw ArchiveException.unsupported(
          "format version " + version + " cannot be read",
          "this Letargo knows version " + FORMAT_VERSION,
          version > FORMAT_VERSION ? "Use a newer Letargo." : "Use the Letargo that wrote it.");
    }
  }

  /** The JSON bytes; equal manifests give equal bytes. */
  public byte[] toJson() {
    return ManifestJson.write(this);
  }

  /** The file of a path. */
  public Optional<CheckpointFile> file(String path) {
    return files.stream().filter(file -> file.path().equals(path)).findFirst();
  }

  /** Bytes of all files together. At most 2^16 x 2^44: no overflow. */
  public long totalBytes() {
    return files.stream().mapToLong(CheckpointFile::sizeBytes).sum();
  }

  /** Bytes of all recipes together, as they stand in an archive. */
  public long recipeBytes() {
    return files.stream().mapToLong(CheckpointFile::recipeBytes).sum();
  }

  /** Whether the VPS can be resumed from it; otherwise it holds disk and configuration only. */
  public boolean hasMemory() {
    return files.stream().anyMatch(file -> file.path().startsWith("checkpoint/"));
  }
}
