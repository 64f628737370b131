package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;
import static org.letargo.linux.Libc.O_CLOEXEC;
import static org.letargo.linux.Libc.O_DIRECTORY;
import static org.letargo.linux.Libc.O_PATH;

import com.sun.jna.LastErrorException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A sockaddr_un. The kernel takes 107 bytes of path; a longer one is reached through its opened
 * directory, which {@link #close} gives back, so keep this open during bind or connect.
 */
final class UnixAddress implements AutoCloseable {
  private static final int MAX_PATH_BYTES = 107;
  private static final int NO_DIRECTORY = -1;

  private final byte[] bytes;
  private final int directory;

  private UnixAddress(byte[] name, int directory) {
    this.bytes =
        ByteBuffer.allocate(2 + name.length)
            .order(ByteOrder.nativeOrder())
            .putShort((short) Libc.AF_UNIX)
            .put(name)
            .array();
    this.directory = directory;
  }

  static UnixAddress of(Path path) {
    byte[] whole = NativePath.of(path);
    if (whole.length <= MAX_PATH_BYTES + 1) {
      return new UnixAddress(whole, NO_DIRECTORY);
    }
    Path parent = path.toAbsolutePath().getParent();
    int directory;
    try {
      directory = LIBC.open(NativePath.of(parent), O_PATH | O_DIRECTORY | O_CLOEXEC);
    } catch (LastErrorException e) {
      throw new NativeException("open(" + parent + ")", e);
    }
    byte[] shorter = NativePath.string("/proc/self/fd/" + directory + "/" + path.getFileName());
    if (shorter.length > MAX_PATH_BYTES + 1) {
      Descriptor.closeQuietly(directory);
      throw new NativeException("address of " + path, Errno.ENAMETOOLONG);
    }
    return new UnixAddress(shorter, directory);
  }

  /** An abstract name; it has no NUL at its end, its length says where it ends. */
  static UnixAddress ofAbstract(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    if (text.length > MAX_PATH_BYTES) {
      throw new NativeException("address of @" + name, Errno.ENAMETOOLONG);
    }
    return new UnixAddress(
        ByteBuffer.allocate(1 + text.length).put((byte) 0).put(text).array(), NO_DIRECTORY);
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return bytes.length;
  }

  @Override
  public void close() {
    if (directory != NO_DIRECTORY) {
      Descriptor.closeQuietly(directory);
    }
  }
}
