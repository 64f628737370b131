package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;
import static org.letargo.linux.Libc.O_CLOEXEC;
import static org.letargo.linux.Libc.O_DIRECTORY;
import static org.letargo.linux.Libc.O_RDONLY;

import com.sun.jna.LastErrorException;
import java.nio.file.Path;

/** Makes what was written survive a power failure. Both calls block as long as the disk needs. */
public final class Fsync {
  private Fsync() {}

  /**
   * Makes the names in a directory durable: after a rename, a new file, a removal.
   *
   * @throws NativeException ENOTDIR; EIO or ENOSPC if the disk could not take it
   */
  public static void directory(Path directory) {
    sync("fsync(" + directory + ")", directory, false);
  }

  /** Makes all that was written to the file system of this directory durable. */
  public static void fileSystem(Path directory) {
    sync("syncfs(" + directory + ")", directory, true);
  }

  private static void sync(String call, Path directory, boolean whole) {
    try {
      int fd = LIBC.open(NativePath.of(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      try {
        if (whole) {
          LIBC.syncfs(fd);
        } else {
          LIBC.fsync(fd);
        }
      } finally {
        Descriptor.closeQuietly(fd);
      }
    } catch (LastErrorException e) {
      throw new NativeException(call, e);
    }
  }
}
