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

  /**
   * Says no to an archive that is too large, before anything of it is written.
   *
   * @param total bytes of all files
   * @param files how many there are
   * @param manifestBytes of their list
   * @throws ArchiveException TOO_LARGE
   */
  public void check(long total, int files, long manifestBytes) {
    if (total > maxTotalBytes) {
      throw ArchiveException.tooLarge(
          "the archive is too large",
          "its files have " + total + " bytes, and " + maxTotalBytes + " are allowed",
          "Raise the limit if you trust the archive.");
    }
    long needed = total + manifestBytes + OVERHEAD_BYTES_PER_FILE * (files + 2L);
    if (needed > availableDiskBytes) {
      throw ArchiveException.tooLarge(
          "the archive does not fit on the disk",
          "it needs " + needed + " bytes, and " + availableDiskBytes + " are free",
          "Make room and try again.");
    }
  }
}
