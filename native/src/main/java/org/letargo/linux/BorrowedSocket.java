package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import com.sun.jna.ptr.IntByReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A socket of another process, to ask what it is: pidfd_getfd(2). While this is open the other
 * process's close does not end the connection, so ask and close at once. Nothing is read from it.
 */
public final class BorrowedSocket implements AutoCloseable {
  private static final int SO_PASSCRED = 16;
  private static final int SO_TIMESTAMP = 29;
  private static final int SO_PASSSEC = 34;
  private static final int SO_TIMESTAMPNS = 35;
  private static final int SIOCGSKNS = 0x894C;
  private static final int SOL_TCP = 6;
  private static final int TCP_NODELAY = 1;
  private static final int TCP_CONGESTION = 13;
  private static final int TCP_USER_TIMEOUT = 18;
  private static final int TCP_NOTSENT_LOWAT = 25;
  private static final int TCP_ULP = 31;
  private static final int MOST_CONTROL_NAME = 16;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_LIST_MEMBERSHIPS = 9;

  private final int fd;

  private BorrowedSocket(int fd) {
    this.fd = fd;
  }

  /**
   * Takes a copy of the descriptor of a process.
   *
   * @throws NativeException ESRCH if the process is gone, EBADF if the descriptor is
   */
  public static BorrowedSocket of(long pid, int descriptor) {
    try (Pidfd process = Pidfd.open(pid)) {
      return new BorrowedSocket(process.copyDescriptor(descriptor));
    }
  }

  /** The family, such as 40 for AF_VSOCK: SO_DOMAIN. */
  public int domain() {
    return number(Libc.SOL_SOCKET, Libc.SO_DOMAIN);
  }

  /** The protocol, such as 262 for MPTCP: SO_PROTOCOL. */
  public int protocol() {
    return number(Libc.SOL_SOCKET, Libc.SO_PROTOCOL);
  }

  /** SOCK_STREAM is 1, SOCK_DGRAM 2, SOCK_RAW 3: SO_TYPE. */
  public int type() {
    return number(Libc.SOL_SOCKET, Libc.SO_TYPE);
  }

  /**
   * The network namespace that it is of, as /proc names it: {@code net:[4026531840]}.
   *
   * @throws NativeException EPERM without CAP_NET_ADMIN there
   */
  public String networkNamespace() {
    int namespace;
    try {
      namespace = LIBC.ioctl(fd, new NativeLong(SIOCGSKNS));
    } catch (LastErrorException e) {
      throw new NativeException("ioctl(SIOCGSKNS)", e);
    }
    try {
      byte[] target = Links.target(Path.of("/proc/self/fd/" + namespace));
      return new String(target, StandardCharsets.US_ASCII);
    } finally {
      Descriptor.closeQuietly(namespace);
    }
  }

  /**
   * Whether the kernel says something with each message that is read of a Unix socket: who sent it,
   * or when. (Descriptors that are in flight are said unasked.)
   */
  public boolean addsToMessages() {
    return number(Libc.SOL_SOCKET, SO_PASSCRED) != 0
        || number(Libc.SOL_SOCKET, SO_PASSSEC) != 0
        || number(Libc.SOL_SOCKET, SO_TIMESTAMP) != 0
        || number(Libc.SOL_SOCKET, SO_TIMESTAMPNS) != 0;
  }

  /** The words of 32 groups that a netlink socket has room for, the first groups first. */
  public int[] netlinkGroups() {
    byte[] bytes = option(SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, 256);
    int[] words = new int[bytes.length / Integer.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asIntBuffer().get(words);
    return words;
  }

  /** Whether the kernel encrypts a TCP connection: its upper layer protocol is tls. */
  public boolean hasKernelTls() {
    return text(TCP_ULP).equals("tls");
  }

  /** When a TCP connection gives its silent peer up: TCP_USER_TIMEOUT; 0 if it has no limit. */
  public int tcpUserTimeoutMillis() {
    return number(SOL_TCP, TCP_USER_TIMEOUT);
  }

  /** How little may wait to be sent before more is wanted: TCP_NOTSENT_LOWAT; 0 if not set. */
  public int tcpNotSentLowWaterBytes() {
    return number(SOL_TCP, TCP_NOTSENT_LOWAT);
  }

  /** How a TCP connection avoids congestion, {@code cubic} say: TCP_CONGESTION. */
  public String tcpCongestionControl() {
    return text(TCP_CONGESTION);
  }

  /** A name, which the kernel ends with zero bytes. */
  private String text(int name) {
    String padded = new String(option(SOL_TCP, name, MOST_CONTROL_NAME), StandardCharsets.US_ASCII);
    int end = padded.indexOf(0);
    return end < 0 ? padded : padded.substring(0, end);
  }

  /**
   * Sends what a TCP socket holds back to send it with more: tcp(7) says of TCP_NODELAY that
   * setting it does so even for one with TCP_CORK, which else waits 200 ms. The option stays set.
   */
  public void flush() {
    try {
      LIBC.setsockopt(fd, SOL_TCP, TCP_NODELAY, new byte[] {1, 1, 1, 1}, Integer.BYTES);
    } catch (LastErrorException e) {
      throw new NativeException("setsockopt(TCP_NODELAY)", e);
    }
  }

  private int number(int level, int name) {
    return ByteBuffer.wrap(option(level, name, Integer.BYTES))
        .order(ByteOrder.nativeOrder())
        .getInt();
  }

  private byte[] option(int level, int name, int mostBytes) {
    byte[] value = new byte[mostBytes];
    IntByReference length = new IntByReference(mostBytes);
    try {
      LIBC.getsockopt(fd, level, name, value, length);
    } catch (LastErrorException e) {
      throw new NativeException("getsockopt(" + level + ", " + name + ")", e);
    }
    // the kernel may tell a longer length than it had room for
    return Arrays.copyOf(value, Math.min(length.getValue(), mostBytes));
  }

  @Override
  public void close() {
    Descriptor.closeQuietly(fd);
  }
}
