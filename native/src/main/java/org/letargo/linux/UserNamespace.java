package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;
import static org.letargo.linux.Libc.O_CLOEXEC;
import static org.letargo.linux.Libc.O_RDONLY;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A user namespace that exists only to describe a mapping of ids. A JVM has many threads and cannot
 * leave its own namespace, so {@code letargo-relay userns} makes it and ends as soon as it is open
 * here.
 */
final class UserNamespace implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 10;

  private final int fd;

  private UserNamespace(int fd) {
    this.fd = fd;
  }

  /**
   * Makes a namespace in which the ids 0 to count-1 are hostIdBase to hostIdBase+count-1 outside.
   * Blocks for some milliseconds; the helper ends by itself after ten seconds.
   */
  static UserNamespace mapping(int hostIdBase, int count) {
    if (hostIdBase < 0 || count < 1 || (long) hostIdBase + count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("no range of ids: " + hostIdBase + ", " + count);
    }
    try {
      return open(hostIdBase, count);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("cannot make a user namespace: " + e.getMessage(), e));
    }
  }

  private static UserNamespace open(int hostIdBase, int count) throws IOException {
    Process helper =
        new ProcessBuilder(
                RelayProgram.path().toString(),
                "--timeout-seconds",
                Integer.toString(TIMEOUT_SECONDS),
                "userns")
            .start();
    try {
      if (helper.inputReader().readLine() == null) {
        byte[] said = helper.getErrorStream().readNBytes(4096);
        throw new IOException(new String(said, StandardCharsets.UTF_8).strip());
      }
      Path proc = Path.of("/proc", Long.toString(helper.pid()));
      String map = "0 " + hostIdBase + " " + count + "\n";
      Files.writeString(proc.resolve("uid_map"), map);
      Files.writeString(proc.resolve("gid_map"), map);
      return new UserNamespace(openFile(proc.resolve("ns/user")));
    } finally {
      helper.destroyForcibly();
      helper.getInputStream().close();
      helper.getErrorStream().close();
      helper.getOutputStream().close();
    }
  }

  private static int openFile(Path file) {
    try {
      return LIBC.open(NativePath.of(file), O_RDONLY | O_CLOEXEC);
    } catch (LastErrorException e) {
      throw new NativeException("open(" + file + ")", e);
    }
  }

  int fd() {
    return fd;
  }

  @Override
  public void close() {
    Descriptor.closeQuietly(fd);
  }
}
