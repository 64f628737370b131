package org.letargo.archive;

import static org.letargo.archive.ArchiveException.quoted;

import java.util.regex.Pattern;

/**
 * One file of a checkpoint.
 *
 * @param path one of the names of {@link #isAllowed}
 * @param sizeBytes 0 to 16 TiB
 * @param sha256 64 lower-case hexadecimal digits
 */
public record ManifestFile(String path, long sizeBytes, String sha256) {
  private static final Pattern PATH =
      Pattern.compile(
          "rootfs-diff\\.tar|deleted\\.files|config\\.dump|spec\\.dump"
              + "|checkpoint/(?!\\.{1,2}$)[A-Za-z0-9._-]{1,80}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws ArchiveException REFUSED if the path is not allowed or a value has the wrong form
   */
  public ManifestFile {
    if (path == null || !isAllowed(path)) {
      throw ArchiveException.refused(
          "file " + quoted(String.valueOf(path)) + " of the manifest is refused",
          "no checkpoint has a file of that name");
    }
    Checks.inRange(sizeBytes, 0, Checks.MAX_BYTES, "sizeBytes of " + path);
    Checks.matches(SHA256, sha256, "sha256 of " + path);
  }

  /**
   * Whether a checkpoint may have a file of this path: the four fixed names, and one level of plain
   * names beneath {@code checkpoint/}, short enough for a plain tar header.
   */
  public static boolean isAllowed(String path) {
    return PATH.matcher(path).matches();
  }
}
