package org.letargo.linux;

import static org.letargo.linux.Libc.AF_UNIX;
import static org.letargo.linux.Libc.LIBC;
import static org.letargo.linux.Libc.POLLIN;
import static org.letargo.linux.Libc.SOCK_CLOEXEC;
import static org.letargo.linux.Libc.SOCK_NONBLOCK;
import static org.letargo.linux.Libc.SOCK_STREAM;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;

/**
 * The listening socket of {@code runc --console-socket PATH}: runc makes the container's terminal
 * and sends its master side here. Put it into a folder that only root may enter.
 */
public final class ConsoleSocket implements AutoCloseable {
  private final Path path;
  private final Descriptor listening;

  private ConsoleSocket(Path path, Descriptor listening) {
    this.path = path;
    this.listening = listening;
  }

  /**
   * Listens at a path (of any length) that does not exist yet; mode 0600.
   *
   * @throws NativeException EADDRINUSE if something is there
   */
  public static ConsoleSocket bind(Path path) {
    Descriptor listening;
    try (UnixAddress address = UnixAddress.of(path)) {
      int fd = LIBC.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      try {
        LIBC.bind(fd, address.bytes(), address.length());
        LIBC.listen(fd, 1);
      } catch (LastErrorException e) {
        Descriptor.closeQuietly(fd);
        throw e;
      }
      listening = new Descriptor(fd);
    } catch (LastErrorException e) {
      throw new NativeException("bind(" + path + ")", e);
    }
    var socket = new ConsoleSocket(path, listening);
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      socket.close();
      throw new UncheckedIOException(e);
    }
    return socket;
  }

  public Path path() {
    return path;
  }

  /**
   * Blocks until a terminal has arrived. A connection that brings none is dropped and the next one
   * awaited.
   *
   * @param timeout for the whole wait
   * @return empty if none came in time, or if another thread closed this
   */
  public Optional<PtyMaster> accept(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      if (listening.await(POLLIN, left) != Descriptor.Wait.READY) {
        return Optional.empty();
      }
      try {
        int fd =
            listening.use(
                "accept4(" + path + ")",
                server -> LIBC.accept4(server, null, null, SOCK_CLOEXEC | SOCK_NONBLOCK));
        Optional<PtyMaster> master = receiveMaster(fd, deadline);
        if (master.isPresent()) {
          return master;
        }
      } catch (LastErrorException e) {
        if (e.getErrorCode() != Errno.EAGAIN && e.getErrorCode() != Errno.EINTR) {
          throw new NativeException("accept4(" + path + ")", e);
        }
      }
    }
  }

  private static Optional<PtyMaster> receiveMaster(int connectionFd, long deadline) {
    try (var connection = new Descriptor(connectionFd)) {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      if (connection.await(POLLIN, left) != Descriptor.Wait.READY) {
        return Optional.empty();
      }
      return connection.use("recvmsg", DescriptorMessage::receive).map(PtyMaster::new);
    }
  }

  /** Stops to listen and removes the socket's name. */
  @Override
  public void close() {
    listening.close();
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
