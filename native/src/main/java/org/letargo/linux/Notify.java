package org.letargo.linux;

import static org.letargo.linux.Libc.AF_UNIX;
import static org.letargo.linux.Libc.LIBC;
import static org.letargo.linux.Libc.MSG_NOSIGNAL;
import static org.letargo.linux.Libc.SOCK_CLOEXEC;
import static org.letargo.linux.Libc.SOCK_DGRAM;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Tells systemd, or whoever supervises us the same way, how we are. See sd_notify(3). Does nothing
 * without a supervisor.
 */
public final class Notify {
  private final String address;

  private Notify(String address) {
    this.address = address;
  }

  /** The supervisor named by {@code $NOTIFY_SOCKET}. */
  public static Notify fromEnvironment() {
    String address = System.getenv("NOTIFY_SOCKET");
    return new Notify(address == null ? "" : address);
  }

  /**
   * A supervisor by address: an absolute path, {@code @name} for an abstract one, or empty for
   * none.
   */
  public static Notify to(String address) {
    return new Notify(address);
  }

  /** We answer requests from now on. */
  public void ready() {
    send("READY=1");
  }

  /** We are about to end. */
  public void stopping() {
    send("STOPPING=1");
  }

  /** One line for people, shown by {@code systemctl status}. */
  public void status(String line) {
    send("STATUS=" + line.replace('\n', ' '));
  }

  /**
   * Sends assignments, one a line.
   *
   * @throws NativeException if the supervisor's socket cannot be reached
   */
  public void send(String assignments) {
    if (address.isEmpty()) {
      return;
    }
    byte[] message = assignments.getBytes(StandardCharsets.UTF_8);
    try (UnixAddress supervisor =
        address.startsWith("@")
            ? UnixAddress.ofAbstract(address.substring(1))
            : UnixAddress.of(Path.of(address))) {
      int fd = LIBC.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      try {
        NativeLong length = new NativeLong(message.length);
        LIBC.sendto(fd, message, length, MSG_NOSIGNAL, supervisor.bytes(), supervisor.length());
      } finally {
        Descriptor.closeQuietly(fd);
      }
    } catch (LastErrorException e) {
      throw new NativeException("sendto(" + address + ")", e);
    }
  }
}
