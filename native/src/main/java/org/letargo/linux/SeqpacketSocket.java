package org.letargo.linux;

import static org.letargo.linux.Libc.AF_UNIX;
import static org.letargo.linux.Libc.LIBC;
import static org.letargo.linux.Libc.MSG_NOSIGNAL;
import static org.letargo.linux.Libc.MSG_TRUNC;
import static org.letargo.linux.Libc.POLLIN;
import static org.letargo.linux.Libc.POLLOUT;
import static org.letargo.linux.Libc.SOCK_CLOEXEC;
import static org.letargo.linux.Libc.SOCK_SEQPACKET;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;

/**
 * A connected Unix socket that keeps packets apart, as conmon's {@code attach} socket is. The JDK
 * has stream sockets only. One thread may receive while another one sends.
 */
public final class SeqpacketSocket implements AutoCloseable {
  private static final long CONNECT_TIMEOUT_SECONDS = 10;
  private static final Duration FOREVER = Duration.ofSeconds(-1);

  private final String name;
  private final Descriptor descriptor;

  private SeqpacketSocket(String name, Descriptor descriptor) {
    this.name = name;
    this.descriptor = descriptor;
  }

  /**
   * Connects to a listening socket; blocks for at most ten seconds while its queue is full. Paths
   * of any length.
   *
   * @throws NativeException ENOENT, ECONNREFUSED if nobody listens, EAGAIN if nobody accepted in
   *     time
   */
  public static SeqpacketSocket connect(Path path) {
    String call = "connect(" + path + ")";
    try (UnixAddress address = UnixAddress.of(path)) {
      int fd = LIBC.socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
      try {
        LIBC.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_SNDTIMEO, connectTimeout(), 16);
        LIBC.connect(fd, address.bytes(), address.length());
        LIBC.fcntl(fd, Libc.F_SETFL, LIBC.fcntl(fd, Libc.F_GETFL) | Libc.O_NONBLOCK);
      } catch (LastErrorException e) {
        Descriptor.closeQuietly(fd);
        throw e;
      }
      return new SeqpacketSocket(path.toString(), new Descriptor(fd));
    } catch (LastErrorException e) {
      throw new NativeException(call, e);
    }
  }

  private static byte[] connectTimeout() {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.nativeOrder())
        .putLong(CONNECT_TIMEOUT_SECONDS)
        .putLong(0)
        .array();
  }

  /**
   * Blocks until a packet is there and takes it whole.
   *
   * @return its length; 0 at the end: the peer has closed, or {@link #shutdown} was called (an
   *     empty packet looks the same; conmon sends none)
   * @throws NativeException EMSGSIZE if the packet is longer than the buffer; the rest of it is
   *     lost
   */
  public int receive(byte[] buffer) {
    String call = "recv(" + name + ")";
    while (true) {
      if (descriptor.await(POLLIN, FOREVER) == Descriptor.Wait.SHUT_DOWN) {
        return 0;
      }
      try {
        long length = descriptor.use(call, fd -> receive(fd, buffer));
        if (length > buffer.length) {
          throw new NativeException(call, Errno.EMSGSIZE);
        }
        return (int) length;
      } catch (LastErrorException e) {
        switch (e.getErrorCode()) {
          case Errno.EAGAIN, Errno.EINTR -> {}
          case Errno.ECONNRESET -> {
            return 0; // the peer closed before it had read all that we sent
          }
          default -> throw new NativeException(call, e);
        }
      } catch (NativeException e) {
        if (e.errno() == Errno.EBADF && descriptor.isShutDown()) {
          return 0;
        }
        throw e;
      }
    }
  }

  private static long receive(int fd, byte[] buffer) {
    return LIBC.recv(fd, buffer, new NativeLong(buffer.length), MSG_TRUNC).longValue();
  }

  /**
   * Sends one packet; blocks while the peer's queue is full.
   *
   * @throws NativeException EPIPE if the peer has closed; EMSGSIZE if the packet is longer than the
   *     kernel's buffer; EBADF after {@link #shutdown}
   */
  public void send(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    byte[] packet = Arrays.copyOfRange(bytes, offset, offset + length);
    String call = "send(" + name + ")";
    while (true) {
      try {
        descriptor.use(call, fd -> LIBC.send(fd, packet, new NativeLong(length), MSG_NOSIGNAL));
        return;
      } catch (LastErrorException e) {
        if (e.getErrorCode() == Errno.EAGAIN) {
          descriptor.await(POLLOUT, FOREVER);
        } else if (e.getErrorCode() != Errno.EINTR) {
          throw new NativeException(call, e);
        }
      }
    }
  }

  /**
   * Ends the conversation: a thread that receives gets 0, one that sends gets EBADF. Safe to call
   * at any time.
   */
  public void shutdown() {
    descriptor.shutdown();
  }

  /** Shuts down, waits until other threads have left their calls, and closes. */
  @Override
  public void close() {
    descriptor.close();
  }
}
