package org.letargo.hook.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What uname(2) tells of this host, read from /proc/sys/kernel. Never asks a resolver: a host whose
 * name stands in no DNS and in no /etc/hosts has one all the same.
 */
public final class Uname {
  private static final Path KERNEL = Path.of("/proc/sys/kernel");

  private Uname() {}

  /** The host's name, as {@code hostname} prints it. */
  public static String hostName() throws IOException {
    return read("hostname");
  }

  /** The kernel's release, such as {@code 6.1.0-50-amd64}. */
  public static String release() throws IOException {
    return read("osrelease");
  }

  private static String read(String file) throws IOException {
    return Files.readString(KERNEL.resolve(file)).strip();
  }
}
