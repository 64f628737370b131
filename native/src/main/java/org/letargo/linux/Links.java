package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Symbolic links with exactly the bytes of their target: the JDK drops doubled and last slashes,
 * and what the locale cannot express. See symlink(2).
 */
public final class Links {
  /** The longest target that Linux has, with the zero behind it: PATH_MAX of limits.h. */
  private static final int MAX_TARGET_BYTES = 4096;

  private Links() {}

  /**
   * Makes a link.
   *
   * @param target without a zero at the end
   * @throws NativeException EEXIST if the name is taken
   */
  public static void make(Path link, byte[] target) {
    try {
      LIBC.symlink(Arrays.copyOf(target, target.length + 1), NativePath.of(link));
    } catch (LastErrorException e) {
      throw new NativeException("symlink(" + link + ")", e);
    }
  }

  /**
   * The target of a link.
   *
   * @throws NativeException EINVAL if it is no link
   */
  public static byte[] target(Path link) {
    byte[] buffer = new byte[MAX_TARGET_BYTES];
    try {
      NativeLong length = LIBC.readlink(NativePath.of(link), buffer, new NativeLong(buffer.length));
      return Arrays.copyOf(buffer, length.intValue());
    } catch (LastErrorException e) {
      throw new NativeException("readlink(" + link + ")", e);
    }
  }
}
