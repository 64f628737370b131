package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A file beneath a directory that somebody else may be changing, held by one descriptor: whatever
 * happens to its names, {@link #path} leads to this file. It was reached through no link, no mount
 * and no {@code ..}, and finding it never waits, whatever it is. See openat2(2), Linux 5.6.
 */
public final class FileBeneath implements AutoCloseable {
  private static final long OPENAT2 = 437; // on every architecture
  private static final int RESOLVE_NO_XDEV = 1;
  private static final int RESOLVE_NO_MAGICLINKS = 2;
  private static final int RESOLVE_NO_SYMLINKS = 4;
  private static final int RESOLVE_BENEATH = 8;
  private static final int OPEN_HOW_BYTES = 24; // u64 flags, mode, resolve

  private int fd;

  private FileBeneath(int fd) {
    this.fd = fd;
  }

  /**
   * Finds a file.
   *
   * @param root is reached as every path is; whoever changes what is beneath it must not be able to
   *     change how it is reached
   * @param relative its path from there: the bytes of the names, slashes between them
   * @return the file; the link itself, if a symbolic link is in its place
   * @throws NativeException ENOENT; ELOOP if a symbolic link is in the way; EXDEV if the path leads
   *     out or onto another file system
   */
  public static FileBeneath find(Path root, byte[] relative) {
    int directory = open(root);
    try (Memory how = new Memory(OPEN_HOW_BYTES)) {
      how.setLong(0, Libc.O_PATH | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
      how.setLong(8, 0);
      how.setLong(
          16, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);
      byte[] terminated = Arrays.copyOf(relative, relative.length + 1);
      NativeLong size = new NativeLong(OPEN_HOW_BYTES);
      return new FileBeneath(
          LIBC.syscall(new NativeLong(OPENAT2), directory, terminated, how, size).intValue());
    } catch (LastErrorException e) {
      throw new NativeException("openat2(beneath " + root + ")", e);
    } finally {
      Descriptor.closeQuietly(directory);
    }
  }

  private static int open(Path root) {
    try {
      return LIBC.open(NativePath.of(root), Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
    } catch (LastErrorException e) {
      throw new NativeException("open(" + root + ")", e);
    }
  }

  /**
   * A path that leads to the file as long as this is open: a link in /proc, so it must be followed.
   */
  public Path path() {
    if (fd < 0) {
      throw new IllegalStateException("it is closed");
    }
    return Path.of("/proc/self/fd/" + fd);
  }

  @Override
  public void close() {
    if (fd >= 0) {
      Descriptor.closeQuietly(fd);
      fd = -1;
    }
  }
}
