package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleResource;

/**
 * An open descriptor of a process.
 *
 * @param target what the link in /proc/PID/fd says: a path, {@code socket:[4711]}, {@code
 *     anon_inode:[eventfd]}, ...
 */
record Descriptor(int number, String target, DescriptorInfo info, FileFacts file) {
  private static final String SOCKET = "socket:[";
  private static final String DELETED = " (deleted)";

  boolean isSocket() {
    return target.startsWith(SOCKET);
  }

  /** The inode of a socket. */
  long socketInode() {
    return Long.parseLong(target, SOCKET.length(), target.length() - 1, 10);
  }

  boolean isPath() {
    return target.startsWith("/");
  }

  /** Whether it looks like a path and is a file of a file system that nobody mounts. */
  boolean isPathOfTheKernel() {
    return isOfTheKernel(target);
  }

  static boolean isOfTheKernel(String target) {
    return target.startsWith("/memfd:")
        || target.startsWith("/dmabuf")
        || target.startsWith("/secretmem")
        || target.startsWith("/SYSV")
        || target.startsWith("/anon_hugepage")
        || target.equals("/dev/zero" + DELETED)
        || target.startsWith("/[");
  }

  boolean isDeleted() {
    return isPath() && target.endsWith(DELETED);
  }

  ObstacleResource resource() {
    return ObstacleResource.descriptor(number, ProcFile.shown(target));
  }
}
