package org.letargo.archive.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What saving and applying disk changes asks of the kernel. None of it follows a symbolic link in
 * the last name. Where the JDK can do it, the default does it.
 *
 * <p>Whoever implements the rest takes the bytes of a path from {@link RawPaths#bytes}, never from
 * {@code toString}. Strings named <em>raw</em> hold one byte per character (ISO 8859-1). A failed
 * call is an {@link IOException} that names the call, the path and the errno. Must be usable from
 * several threads. The contract suite {@code FileSystemCallsContract} tells all of it.
 */
public interface FileSystemCalls {
  /** lstat(2). */
  default FileStatus status(Path path) throws IOException {
    return FileStatus.of(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** lchown(2). The kernel clears setuid, setgid and capabilities of the file. */
  default void changeOwner(Path path, long userId, long groupId) throws IOException {
    Files.setAttribute(path, "unix:uid", (int) userId, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", (int) groupId, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * chmod(2). Never called for a symbolic link.
   *
   * @param mode the lower twelve bits
   */
  default void changeMode(Path path, int mode) throws IOException {
    Files.setAttribute(path, "unix:mode", mode);
  }

  /** truncate(2) of a regular file to a larger size: what is new is a hole. */
  void extend(Path file, long sizeBytes) throws IOException;

  /** utimensat(2) with AT_SYMLINK_NOFOLLOW; the access time stays (UTIME_OMIT). */
  void changeModifiedTime(Path path, long seconds, int nanos) throws IOException;

  /** llistxattr(2): the raw names, in any order. Empty where the file system has none at all. */
  List<String> listXattrs(Path path) throws IOException;

  /** lgetxattr(2). */
  byte[] getXattr(Path path, String rawName) throws IOException;

  /** lsetxattr(2): creates or replaces. */
  void setXattr(Path path, String rawName, byte[] value) throws IOException;

  /**
   * mknod(2). Fails if the name is taken.
   *
   * @param type FIFO, CHARACTER_DEVICE or BLOCK_DEVICE
   * @param mode the lower twelve bits; umask applies
   */
  void makeNode(Path path, FileStatus.Type type, int mode, int major, int minor) throws IOException;

  /**
   * symlink(2), with exactly this target: the JDK would drop doubled and last slashes. Fails if the
   * name is taken.
   */
  void makeSymlink(Path link, String rawTarget) throws IOException;

  /** readlink(2). */
  String readSymlink(Path link) throws IOException;

  /**
   * Where a regular file has data, by lseek(2) with SEEK_DATA and SEEK_HOLE: ascending, not
   * touching, within the size. A file system without holes has one range, the whole file.
   */
  void dataRanges(Path file, RangeVisitor visitor) throws IOException;

  /**
   * Holds a regular file open that lies beneath a directory whose owner is changing it: openat2(2)
   * with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS, RESOLVE_NO_XDEV and O_PATH. Never waits, as opening
   * a pipe would.
   *
   * @param rawPath from the root, without a slash in front
   * @return empty if it is no regular file
   * @throws IOException if it cannot be reached: it is gone, or a link is in the way
   */
  Optional<PinnedFile> pin(Path root, String rawPath) throws IOException;

  /** A regular file, the same one whatever happens to its names. Close it after use. */
  interface PinnedFile extends Closeable {
    /** fstat(2). */
    FileStatus status() throws IOException;

    /** Where it has data, as {@link FileSystemCalls#dataRanges}. */
    void dataRanges(RangeVisitor visitor) throws IOException;

    /** Opens it for reading. */
    FileChannel open() throws IOException;

    @Override
    void close();
  }

  /** syncfs(2) of the file system that the directory is on: all that was written is durable. */
  void syncFileSystem(Path directory) throws IOException;

  /** Takes the ranges of a file that hold data. */
  @FunctionalInterface
  interface RangeVisitor {
    void range(long offset, long lengthBytes);
  }
}
