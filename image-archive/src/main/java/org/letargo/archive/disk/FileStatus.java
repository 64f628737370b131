package org.letargo.archive.disk;

/**
 * What {@code lstat} says about a file.
 *
 * @param mode the lower twelve bits: permissions, sticky, setgid, setuid
 * @param userId on the host, 0 to 2^32-2
 * @param groupId on the host, 0 to 2^32-2
 * @param deviceMajor of a device node, else 0
 * @param deviceMinor of a device node, else 0
 * @param device number of the file system
 * @param inode with {@code device}: the identity of the file, whatever its names
 * @param links number of names
 * @param modifiedSeconds since 1970, may be negative
 * @param modifiedNanos 0 to 999,999,999
 * @param changedSeconds when the kernel last changed content or attributes; nobody can set it
 * @param changedNanos 0 to 999,999,999
 */
public record FileStatus(
    Type type,
    int mode,
    long userId,
    long groupId,
    int deviceMajor,
    int deviceMinor,
    long sizeBytes,
    long device,
    long inode,
    int links,
    long modifiedSeconds,
    int modifiedNanos,
    long changedSeconds,
    int changedNanos) {

  /** The kinds of files that Linux has. */
  public enum Type {
    REGULAR(0100000),
    DIRECTORY(0040000),
    SYMLINK(0120000),
    CHARACTER_DEVICE(0020000),
    BLOCK_DEVICE(0060000),
    FIFO(0010000),
    SOCKET(0140000);

    private static final int MASK = 0170000;
    private final int bits;

    Type(int bits) {
      this.bits = bits;
    }

    /** Its bits in {@code st_mode}. */
    public int bits() {
      return bits;
    }

    static Type of(int mode) {
      for (Type type : values()) {
        if ((mode & MASK) == type.bits) {
          return type;
        }
      }
      throw new IllegalArgumentException("file type of mode " + Integer.toOctalString(mode));
    }
  }

  /** Which file it is. */
  FileId id() {
    return new FileId(device, inode);
  }

  /** How overlayfs marks a deleted name: character device 0:0. */
  boolean isWhiteout() {
    return type == Type.CHARACTER_DEVICE && deviceMajor == 0 && deviceMinor == 0;
  }
}
