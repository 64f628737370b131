package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;
import static org.letargo.linux.Libc.O_CLOEXEC;
import static org.letargo.linux.Libc.O_NOFOLLOW;
import static org.letargo.linux.Libc.O_NONBLOCK;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a file has data and where it has holes, see lseek(2), SEEK_DATA; and files that share
 * theirs.
 */
public final class Extents {
  private static final long FICLONE = 0x4004_9409L; // _IOW(0x94, 9, int), linux/fs.h

  private Extents() {}

  /** A stretch of a file, in bytes. */
  public record Extent(long offsetBytes, long lengthBytes) {
    public Extent {
      if (offsetBytes < 0 || lengthBytes < 1) {
        throw new IllegalArgumentException("no extent: " + offsetBytes + ", " + lengthBytes);
      }
    }
  }

  /**
   * The stretches that are not holes, in order, in the file system's granularity. A stretch of
   * zeros may be among them. A file system without holes answers with the whole file. The list
   * grows with the number of holes.
   *
   * @throws NativeException ELOOP for a symbolic link; ENOENT; EACCES
   */
  public static List<Extent> dataOf(Path file) {
    return dataOf(file, O_NOFOLLOW);
  }

  /** The same for a file that is held open. */
  public static List<Extent> dataOf(FileBeneath file) {
    return dataOf(file.path(), 0); // a link of /proc, to this very file
  }

  private static List<Extent> dataOf(Path file, int flags) {
    int fd = open(file, Libc.O_RDONLY | flags);
    var extents = new ArrayList<Extent>();
    long end = 0;
    try {
      while (true) {
        long start = LIBC.lseek(fd, end, Libc.SEEK_DATA);
        end = LIBC.lseek(fd, start, Libc.SEEK_HOLE);
        extents.add(new Extent(start, end - start));
      }
    } catch (LastErrorException e) {
      if (e.getErrorCode() != Errno.ENXIO) { // ENXIO: no data behind this offset
        throw new NativeException("lseek(" + file + ")", e);
      }
      return List.copyOf(extents);
    } finally {
      Descriptor.closeQuietly(fd);
    }
  }

  /**
   * Makes a hole: the stretch reads as zeros and takes no room. The size of the file stays.
   *
   * @throws NativeException EOPNOTSUPP if the file system cannot do it
   */
  public static void punch(Path file, long offsetBytes, long lengthBytes) {
    int fd = open(file, Libc.O_WRONLY | O_NOFOLLOW);
    try {
      LIBC.fallocate(
          fd, Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE, offsetBytes, lengthBytes);
    } catch (LastErrorException e) {
      throw new NativeException("fallocate(" + file + ", PUNCH_HOLE)", e);
    } finally {
      Descriptor.closeQuietly(fd);
    }
  }

  /**
   * Gives a regular file this size; what is new is a hole. See truncate(2).
   *
   * @throws NativeException EFBIG if the file system has no files of this size
   */
  public static void resize(Path file, long sizeBytes) {
    try {
      LIBC.truncate(NativePath.of(file), sizeBytes);
    } catch (LastErrorException e) {
      throw new NativeException("truncate(" + file + ", " + sizeBytes + ")", e);
    }
  }

  /**
   * Makes a file whose content is that of another one at this moment, sharing its blocks: on btrfs,
   * and on xfs where it was made so. What programs have written and the kernel not yet is written
   * first. See ioctl_ficlone(2).
   *
   * @param from a regular file
   * @param to an empty file on the same file system
   * @throws NativeException EOPNOTSUPP if the file system cannot do it, EINVAL for this file;
   *     EXDEV; ENOSPC
   */
  public static void share(Path from, Path to) {
    int source = open(from, Libc.O_RDONLY | O_NOFOLLOW);
    try {
      int target = open(to, Libc.O_WRONLY | O_NOFOLLOW);
      try {
        LIBC.ioctl(target, new NativeLong(FICLONE), source);
      } catch (LastErrorException e) {
        throw new NativeException("ioctl(FICLONE, " + from + ")", e);
      } finally {
        Descriptor.closeQuietly(target);
      }
    } finally {
      Descriptor.closeQuietly(source);
    }
  }

  private static int open(Path file, int access) {
    try {
      // O_NONBLOCK: a fifo in the file's place must not hang us
      return LIBC.open(NativePath.of(file), access | O_CLOEXEC | O_NONBLOCK);
    } catch (LastErrorException e) {
      throw new NativeException("open(" + file + ")", e);
    }
  }
}
