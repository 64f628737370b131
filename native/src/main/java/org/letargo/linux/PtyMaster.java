package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;
import static org.letargo.linux.Libc.POLLIN;
import static org.letargo.linux.Libc.POLLOUT;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;

/** The master side of a terminal. One thread may read while another one writes. */
public final class PtyMaster implements AutoCloseable {
  private static final Duration FOREVER = Duration.ofSeconds(-1);
  private static final int MAX_CELLS = 0xffff;

  private final Descriptor descriptor;

  /**
   * Makes a new terminal; see pts(4). The caller closes it.
   *
   * @throws NativeException ENOSPC if the host has no terminal left
   */
  public static PtyMaster open() {
    String call = "open(/dev/ptmx)";
    try {
      int fd =
          LIBC.open(NativePath.string("/dev/ptmx"), Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_CLOEXEC);
      PtyMaster master = new PtyMaster(fd);
      master.descriptor.use(
          "ioctl(TIOCSPTLCK)",
          open -> LIBC.ioctl(open, new NativeLong(Libc.TIOCSPTLCK), (Object) new byte[4]));
      return master;
    } catch (LastErrorException e) {
      throw new NativeException(call, e);
    }
  }

  /** The device of the other side, {@code /dev/pts/N}, for a program that runs on this terminal. */
  public Path slave() {
    byte[] number = new byte[4];
    try {
      descriptor.use(
          "ioctl(TIOCGPTN)", fd -> LIBC.ioctl(fd, new NativeLong(Libc.TIOCGPTN), (Object) number));
    } catch (LastErrorException e) {
      throw new NativeException("ioctl(TIOCGPTN)", e);
    }
    return Path.of("/dev/pts/" + ByteBuffer.wrap(number).order(ByteOrder.nativeOrder()).getInt());
  }

  /**
   * @param fd of the master, owned by this from now on
   */
  PtyMaster(int fd) {
    this.descriptor = new Descriptor(fd);
    try {
      LIBC.fcntl(fd, Libc.F_SETFL, LIBC.fcntl(fd, Libc.F_GETFL) | Libc.O_NONBLOCK);
    } catch (LastErrorException e) {
      descriptor.close();
      throw new NativeException("fcntl(terminal)", e);
    }
  }

  /**
   * Blocks until the program on the other side has written something.
   *
   * @return how many bytes are in the buffer; -1 at the end: the last program has closed its side
   *     (the kernel says EIO), or this was closed
   */
  public int read(byte[] buffer) {
    while (descriptor.await(POLLIN, FOREVER) == Descriptor.Wait.READY) {
      try {
        NativeLong count = new NativeLong(buffer.length);
        int got = descriptor.use("read(terminal)", fd -> LIBC.read(fd, buffer, count).intValue());
        return got == 0 && buffer.length > 0 ? -1 : got;
      } catch (LastErrorException e) {
        switch (e.getErrorCode()) {
          case Errno.EAGAIN, Errno.EINTR -> {}
          case Errno.EIO -> {
            return -1;
          }
          default -> throw new NativeException("read(terminal)", e);
        }
      } catch (NativeException e) {
        if (!descriptor.isShutDown()) {
          throw e;
        }
      }
    }
    return -1;
  }

  /**
   * Types all of the bytes; blocks while the terminal's input queue is full.
   *
   * @throws NativeException EIO if no program has the terminal open; EBADF once this is closed
   */
  public void write(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int end = offset + length;
    int next = offset;
    while (next < end) {
      byte[] rest = Arrays.copyOfRange(bytes, next, end);
      try {
        NativeLong count = new NativeLong(rest.length);
        next += descriptor.use("write(terminal)", fd -> LIBC.write(fd, rest, count).intValue());
      } catch (LastErrorException e) {
        if (e.getErrorCode() == Errno.EAGAIN) {
          descriptor.await(POLLOUT, FOREVER);
        } else if (e.getErrorCode() != Errno.EINTR) {
          throw new NativeException("write(terminal)", e);
        }
      }
    }
  }

  /** Types all of the bytes, as the other method does. */
  public void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  /**
   * Sets the size of the terminal, in character cells; its foreground programs get SIGWINCH if it
   * changes.
   */
  public void resize(int rows, int columns) {
    if (rows < 1 || columns < 1 || rows > MAX_CELLS || columns > MAX_CELLS) {
      throw new IllegalArgumentException("a terminal cannot have " + rows + " x " + columns);
    }
    String call = "ioctl(TIOCSWINSZ, " + rows + " x " + columns + ")";
    byte[] size =
        ByteBuffer.allocate(8)
            .order(ByteOrder.nativeOrder())
            .putShort((short) rows)
            .putShort((short) columns)
            .array();
    try {
      NativeLong request = new NativeLong(Libc.TIOCSWINSZ);
      descriptor.use(call, fd -> LIBC.ioctl(fd, request, (Object) size));
    } catch (LastErrorException e) {
      throw new NativeException(call, e);
    }
  }

  /**
   * Wakes readers and writers, waits until they have left, and closes; the programs on the other
   * side get SIGHUP.
   */
  @Override
  public void close() {
    descriptor.close();
  }
}
