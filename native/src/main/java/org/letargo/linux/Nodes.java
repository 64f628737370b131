package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.LastErrorException;
import java.nio.file.Path;

/**
 * Makes files that the JDK cannot: device nodes, fifos, sockets without a listener; and changes
 * owners of links.
 */
public final class Nodes {
  private static final int S_IFIFO = 0010000;
  private static final int S_IFCHR = 0020000;
  private static final int S_IFBLK = 0060000;
  private static final int S_IFSOCK = 0140000;
  private static final int PERMISSION_BITS = 07777;

  private Nodes() {}

  /**
   * Makes a character device.
   *
   * @param permissions the lower twelve bits of the mode; the umask does not count
   * @throws NativeException EEXIST if something is there, a dangling link too; EPERM without
   *     CAP_MKNOD
   */
  public static void characterDevice(Path path, int permissions, int major, int minor) {
    make(path, S_IFCHR, permissions, device(major, minor));
  }

  /** Makes a block device, as {@link #characterDevice} does. */
  public static void blockDevice(Path path, int permissions, int major, int minor) {
    make(path, S_IFBLK, permissions, device(major, minor));
  }

  /** Makes a named pipe, as {@link #characterDevice} does. */
  public static void fifo(Path path, int permissions) {
    make(path, S_IFIFO, permissions, 0);
  }

  /** Makes the name of a Unix socket that nobody listens at, as {@link #characterDevice} does. */
  public static void socket(Path path, int permissions) {
    make(path, S_IFSOCK, permissions, 0);
  }

  /**
   * Sets owner and group, of a symbolic link itself too. The kernel clears set-user-id,
   * set-group-id and file capabilities: set the mode afterwards.
   */
  public static void owner(Path path, int uid, int gid) {
    if (uid < 0 || gid < 0) {
      throw new IllegalArgumentException(
          "no ids: " + uid + ", " + gid); // -1 would mean "unchanged"
    }
    try {
      LIBC.lchown(NativePath.of(path), uid, gid);
    } catch (LastErrorException e) {
      throw new NativeException("lchown(" + path + ", " + uid + ", " + gid + ")", e);
    }
  }

  /**
   * The number of a device as the kernel's calls take it, and as {@code unix:rdev} shows it; see
   * makedev(3).
   */
  public static long device(int major, int minor) {
    if (major < 0 || minor < 0) {
      throw new IllegalArgumentException("no device: " + major + ", " + minor);
    }
    long high = (long) (major & ~0xfff) << 32 | (long) (minor & ~0xff) << 12;
    return high | (long) (major & 0xfff) << 8 | minor & 0xff;
  }

  private static void make(Path path, int kind, int permissions, long device) {
    if ((permissions & ~PERMISSION_BITS) != 0) {
      throw new IllegalArgumentException("no permissions: 0" + Integer.toOctalString(permissions));
    }
    byte[] name = NativePath.of(path);
    try {
      LIBC.mknod(name, kind | permissions, device);
      LIBC.chmod(name, permissions); // the umask may have taken some bits away
    } catch (LastErrorException e) {
      throw new NativeException("mknod(" + path + ")", e);
    }
  }
}
