package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Extended attributes, of a symbolic link itself too, in all namespaces that the caller may see
 * (the JDK shows those of {@code user.} only). See xattr(7).
 *
 * <p>A name is any bytes but zero, as the kernel keeps it; here it has one character for each byte
 * (ISO 8859-1). Names in ASCII are as one expects.
 */
public final class Xattrs {
  private Xattrs() {}

  /** A call that fills a buffer, or tells the size if the buffer is empty. */
  private interface Fill {
    NativeLong into(byte[] buffer);
  }

  /** The names of all attributes, sorted, with their prefix: {@code security.capability}, say. */
  public static List<String> list(Path path) {
    byte[] raw =
        filled(
            "llistxattr(" + path + ")",
            buffer -> LIBC.llistxattr(NativePath.of(path), buffer, new NativeLong(buffer.length)));
    var names = new ArrayList<String>();
    int start = 0;
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == 0) {
        names.add(new String(raw, start, i - start, StandardCharsets.ISO_8859_1));
        start = i + 1;
      }
    }
    names.sort(null);
    return List.copyOf(names);
  }

  /**
   * The value of an attribute, empty if the file has none of that name.
   *
   * @throws NativeException EOPNOTSUPP if the file system has no such attributes
   */
  public static Optional<byte[]> get(Path path, String name) {
    byte[] key = bytes(name);
    try {
      return Optional.of(
          filled(
              "lgetxattr(" + path + ", " + name + ")",
              buffer ->
                  LIBC.lgetxattr(NativePath.of(path), key, buffer, new NativeLong(buffer.length))));
    } catch (NativeException e) {
      if (e.errno() == Errno.ENODATA) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Sets an attribute, whether it is there or not. */
  public static void set(Path path, String name, byte[] value) {
    try {
      LIBC.lsetxattr(NativePath.of(path), bytes(name), value, new NativeLong(value.length), 0);
    } catch (LastErrorException e) {
      throw new NativeException("lsetxattr(" + path + ", " + name + ")", e);
    }
  }

  /**
   * Removes an attribute.
   *
   * @throws NativeException ENODATA if there is none of that name
   */
  public static void remove(Path path, String name) {
    try {
      LIBC.lremovexattr(NativePath.of(path), bytes(name));
    } catch (LastErrorException e) {
      throw new NativeException("lremovexattr(" + path + ", " + name + ")", e);
    }
  }

  private static byte[] bytes(String name) {
    byte[] raw = name.getBytes(StandardCharsets.ISO_8859_1);
    return Arrays.copyOf(raw, raw.length + 1);
  }

  /**
   * Asks for the size and then for the content, again if it grew in between; the kernel's limit is
   * 64 KiB.
   */
  private static byte[] filled(String call, Fill fill) {
    while (true) {
      try {
        byte[] buffer = new byte[fill.into(new byte[0]).intValue()];
        if (buffer.length == 0) {
          return buffer;
        }
        return Arrays.copyOf(buffer, fill.into(buffer).intValue());
      } catch (LastErrorException e) {
        if (e.getErrorCode() != Errno.ERANGE) {
          throw new NativeException(call, e);
        }
      }
    }
  }
}
