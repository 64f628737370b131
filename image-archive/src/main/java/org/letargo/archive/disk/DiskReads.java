package org.letargo.archive.disk;

/**
 * What a capture had to read.
 *
 * @param readFiles whose content was read
 * @param readBytes of them
 * @param knownFiles whose content was known to be what it was
 * @param knownBytes of them
 * @param lateFiles that were only kept, and read later
 * @param lateBytes of them
 */
public record DiskReads(
    long readFiles,
    long readBytes,
    long knownFiles,
    long knownBytes,
    long lateFiles,
    long lateBytes) {
  static final DiskReads NONE = new DiskReads(0, 0, 0, 0, 0, 0);

  DiskReads plusRead(long bytes) {
    return new DiskReads(
        readFiles + 1, readBytes + bytes, knownFiles, knownBytes, lateFiles, lateBytes);
  }

  DiskReads plusKnown(long bytes) {
    return new DiskReads(
        readFiles, readBytes, knownFiles + 1, knownBytes + bytes, lateFiles, lateBytes);
  }

  DiskReads plusLate(long bytes) {
    return new DiskReads(
        readFiles, readBytes, knownFiles, knownBytes, lateFiles + 1, lateBytes + bytes);
  }
}
