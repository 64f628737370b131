package org.letargo.linux;

import static org.letargo.linux.Libc.AT_FDCWD;
import static org.letargo.linux.Libc.AT_SYMLINK_NOFOLLOW;
import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.LastErrorException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;

/** Times of files, exact to the nanosecond, of a symbolic link itself too. See utimensat(2). */
public final class Times {
  /** In place of the nanoseconds: this time stays as it is. */
  private static final long UTIME_OMIT = (1L << 30) - 2;

  private Times() {}

  /** Sets the time of the last access and of the last change of the content. */
  public static void set(Path path, Instant accessed, Instant modified) {
    set(path, accessed.getEpochSecond(), accessed.getNano(), modified);
  }

  /** Sets the time of the last change of the content only. */
  public static void setModified(Path path, Instant modified) {
    set(path, 0, UTIME_OMIT, modified);
  }

  private static void set(Path path, long accessSeconds, long accessNanos, Instant modified) {
    byte[] times =
        ByteBuffer.allocate(32)
            .order(ByteOrder.nativeOrder())
            .putLong(accessSeconds)
            .putLong(accessNanos)
            .putLong(modified.getEpochSecond())
            .putLong(modified.getNano())
            .array();
    try {
      LIBC.utimensat(AT_FDCWD, NativePath.of(path), times, AT_SYMLINK_NOFOLLOW);
    } catch (LastErrorException e) {
      throw new NativeException("utimensat(" + path + ")", e);
    }
  }
}
