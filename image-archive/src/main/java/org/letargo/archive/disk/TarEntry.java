package org.letargo.archive.disk;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One entry of {@code rootfs-diff.tar}: everything but the content.
 *
 * @param rawPath components with slashes between, none at either end; empty for the root
 * @param mode the lower twelve bits
 * @param userId inside the VPS
 * @param groupId inside the VPS
 * @param storedBytes content in the tar; of a sparse file its map and its data
 * @param realBytes size of the file; differs from {@code storedBytes} for sparse files only
 * @param rawLink target of a symbolic link, or path of the first name of a hard link, else empty
 * @param xattrs values by raw name
 */
record TarEntry(
    String rawPath,
    Kind kind,
    int mode,
    int userId,
    int groupId,
    long modifiedSeconds,
    int modifiedNanos,
    long storedBytes,
    long realBytes,
    boolean sparse,
    String rawLink,
    int deviceMajor,
    int deviceMinor,
    SortedMap<String, byte[]> xattrs) {

  TarEntry {
    xattrs = Collections.unmodifiableSortedMap(new TreeMap<>(xattrs));
  }

  /** What a type flag of tar says. */
  enum Kind {
    REGULAR('0'),
    HARD_LINK('1'),
    SYMLINK('2'),
    CHARACTER_DEVICE('3'),
    BLOCK_DEVICE('4'),
    DIRECTORY('5'),
    FIFO('6');

    private final char flag;

    Kind(char flag) {
      this.flag = flag;
    }

    char flag() {
      return flag;
    }
  }
}
