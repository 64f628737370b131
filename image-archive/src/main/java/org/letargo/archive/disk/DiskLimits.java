package org.letargo.archive.disk;

/**
 * What applying disk changes may cost.
 *
 * @param maxEntries files, directories and deleted names together: each may take an inode
 * @param maxDataBytes content of all files together, holes not counted
 */
public record DiskLimits(long maxEntries, long maxDataBytes) {
  /** No file is larger, holes included: 16 TiB, as on ext4. */
  static final long MAX_FILE_BYTES = 1L << 44;

  public DiskLimits {
    if (maxEntries < 0 || maxDataBytes < 0) {
      throw new IllegalArgumentException("limits below zero");
    }
  }
}
