package org.letargo.archive;

/**
 * What an archive may cost, checked from its manifest before anything is written.
 *
 * @param maxTotalBytes all files together
 * @param availableDiskBytes free space where it will be written
 */
public record ArchiveLimits(long maxTotalBytes, long availableDiskBytes) {
  /** A file takes whole blocks of 4 KiB, and about as much for its inode and name. */
  private static final long OVERHEAD_BYTES_PER_FILE = 8192;

  public ArchiveLimits {
    Checks.inRange(maxTotalBytes, 0, Long.MAX_VALUE, "maxTotalBytes");
    Checks.inRange(availableDiskBytes, 0, Long.MAX_VALUE, "availableDiskBytes");
  }

  void check(Manifest manifest, long manifestBytes) {
    long total = manifest.totalBytes();
    if (total > maxTotalBytes) {
      throw ArchiveException.tooLarge(
          "the archive is too large",
          "its files have " + total + " bytes, and " + maxTotalBytes + " are allowed",
          "Raise the limit if you trust the archive.");
    }
    long needed = total + manifestBytes + OVERHEAD_BYTES_PER_FILE * (manifest.files().size() + 2L);
    if (needed > availableDiskBytes) {
      throw ArchiveException.tooLarge(
          "the archive does not fit on the disk",
          "it needs " + needed + " bytes, and " + availableDiskBytes + " are free",
          "Make room and try again.");
    }
  }
}
