package org.letargo.archive.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

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

  /** fstat(2) of what a link leads to: one of /proc that stands for an open file. */
  public static FileStatus ofTarget(Path link) throws IOException {
    return of(link);
  }

  static FileStatus of(Path path, LinkOption... options) throws IOException {
    Map<String, Object> all =
        Files.readAttributes(
            path, // not "unix:*": that looks the owners' names up, every time
            "unix:mode,uid,gid,rdev,size,dev,ino,nlink,lastModifiedTime,ctime",
            options);
    int mode = (Integer) all.get("mode");
    long rdev = (Long) all.get("rdev");
    Instant modified = ((FileTime) all.get("lastModifiedTime")).toInstant();
    Instant changed = ((FileTime) all.get("ctime")).toInstant();
    FileStatus.Type type = FileStatus.Type.of(mode);
    boolean isDevice =
        type == FileStatus.Type.CHARACTER_DEVICE || type == FileStatus.Type.BLOCK_DEVICE;
    return new FileStatus(
        type,
        mode & 07777,
        Integer.toUnsignedLong((Integer) all.get("uid")),
        Integer.toUnsignedLong((Integer) all.get("gid")),
        isDevice ? (int) (rdev >>> 8 & 0xFFF | rdev >>> 32 & ~0xFFFL) : 0, // glibc's gnu_dev_major
        isDevice ? (int) (rdev & 0xFF | rdev >>> 12 & ~0xFFL) : 0,
        (Long) all.get("size"),
        (Long) all.get("dev"),
        (Long) all.get("ino"),
        (Integer) all.get("nlink"),
        modified.getEpochSecond(),
        modified.getNano(),
        changed.getEpochSecond(),
        changed.getNano());
  }

  /** Which file it is. */
  public FileId id() {
    return new FileId(device, inode);
  }

  /** How overlayfs marks a deleted name: character device 0:0. */
  boolean isWhiteout() {
    return type == Type.CHARACTER_DEVICE && deviceMajor == 0 && deviceMinor == 0;
  }
}
