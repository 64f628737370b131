package org.letargo.archive;

import static org.letargo.archive.ArchiveException.quoted;

import java.util.List;

/**
 * The list of everything in a checkpoint: {@code manifest.json}, the last file to be written and
 * the first of an archive. A value of this type has been checked, wherever it came from.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param files sorted by path, without duplicates, without the manifest itself
 */
public record Manifest(
    int formatVersion, CheckpointDescription checkpoint, List<ManifestFile> files) {
  /** The version that this code writes; the only one that it reads. */
  public static final int FORMAT_VERSION = 1;

  /** Its name in a checkpoint directory and in an archive. */
  public static final String FILE_NAME = "manifest.json";

  /** A manifest is never longer, in bytes. */
  public static final int MAX_BYTES = 16 << 20;

  /** A checkpoint never has more files. */
  public static final int MAX_FILES = 65_536;

  /**
   * @throws ArchiveException UNSUPPORTED for another version, REFUSED for files out of order
   */
  public Manifest {
    if (formatVersion != FORMAT_VERSION) {
      throw ArchiveException.unsupported(
          "format version " + formatVersion + " cannot be read",
          "this Letargo knows version " + FORMAT_VERSION,
          "Use a newer Letargo.");
    }
    Checks.inRange(files.size(), 0, MAX_FILES, "files (count)");
    files = List.copyOf(files);
    for (int i = 1; i < files.size(); i++) {
      String before = files.get(i - 1).path();
      String path = files.get(i).path();
      if (before.compareTo(path) >= 0) {
        throw ArchiveException.refused(
            "file " + quoted(path) + " of the manifest is refused",
            before.equals(path) ? "it is listed twice" : "the list is not sorted by path");
      }
    }
  }

  /**
   * Reads a manifest from its JSON bytes. Unknown, missing, repeated and null fields are refused.
   *
   * @throws ArchiveException REFUSED or UNSUPPORTED
   */
  public static Manifest parse(byte[] json) {
    return ManifestJson.parse(json, 0, json.length);
  }

  /** The JSON bytes; equal manifests give equal bytes. */
  public byte[] toJson() {
    return ManifestJson.write(this);
  }

  /** Bytes of all files together, without the manifest. At most 2^16 x 2^44: no overflow. */
  public long totalBytes() {
    return files.stream().mapToLong(ManifestFile::sizeBytes).sum();
  }

  /** Whether the VPS can be resumed from it; otherwise it holds disk and configuration only. */
  public boolean hasMemory() {
    return files.stream().anyMatch(file -> file.path().startsWith("checkpoint/"));
  }
}
