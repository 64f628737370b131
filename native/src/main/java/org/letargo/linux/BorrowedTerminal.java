package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/**
 * One end of a terminal that another process has open: pidfd_getfd(2). The flags are those of the
 * open file itself, so the process has what is set here. For one thread; close it at once.
 */
public final class BorrowedTerminal implements AutoCloseable {
  private static final int TERMIOS_BYTES = 36; // the kernel's own, without the speeds of glibc's
  private static final int OUTPUT_MODES = 4;
  private static final int LOCAL_MODES = 12;
  private static final int OPOST = 1;
  private static final int ECHO = 0x8;
  private static final int ECHONL = 0x40;

  private final Descriptor descriptor;

  private BorrowedTerminal(int fd) {
    this.descriptor = new Descriptor(fd);
  }

  /**
   * Takes a copy of the descriptor of a process.
   *
   * @throws NativeException ESRCH if the process is gone, EBADF if the descriptor is
   */
  public static BorrowedTerminal of(long pid, int number) {
    try (Pidfd process = Pidfd.open(pid)) {
      return new BorrowedTerminal(process.copyDescriptor(number));
    }
  }

  /** Whether reading it does not wait: O_NONBLOCK. */
  public boolean isNonBlocking() {
    return (flags() & Libc.O_NONBLOCK) != 0;
  }

  private int flags() {
    return call("fcntl(terminal, F_GETFL)", fd -> LIBC.fcntl(fd, Libc.F_GETFL));
  }

  /**
   * Sets the flags that can be set of an open file; the way in which it was opened stays.
   *
   * @param flags as open(2) has them
   */
  public void setFlags(int flags) {
    call("fcntl(terminal, F_SETFL)", fd -> LIBC.fcntl(fd, Libc.F_SETFL, flags));
  }

  /**
   * Writes bytes that have been through this terminal once already: they are neither echoed nor
   * made into others. Does not wait for room; this must not block.
   *
   * @param passed waits until they have come through, before echoes are on again
   * @return how many there was room for
   */
  public int writeAgain(byte[] bytes, Runnable passed) {
    byte[] modes = new byte[TERMIOS_BYTES];
    ioctl("ioctl(TCGETS)", Libc.TCGETS, modes);
    byte[] plain = modes.clone();
    ByteBuffer buffer = ByteBuffer.wrap(plain).order(ByteOrder.nativeOrder());
    buffer.putInt(OUTPUT_MODES, buffer.getInt(OUTPUT_MODES) & ~OPOST);
    buffer.putInt(LOCAL_MODES, buffer.getInt(LOCAL_MODES) & ~(ECHO | ECHONL));
    ioctl("ioctl(TCSETS)", Libc.TCSETS, plain);
    try {
      NativeLong count = new NativeLong(bytes.length);
      int written = call("write(terminal)", fd -> LIBC.write(fd, bytes, count).intValue());
      passed.run();
      return written;
    } finally {
      ioctl("ioctl(TCSETS)", Libc.TCSETS, modes);
    }
  }

  private void ioctl(String name, int request, byte[] argument) {
    call(name, fd -> LIBC.ioctl(fd, new NativeLong(request), (Object) argument));
  }

  private <T> T call(String name, Descriptor.Call<T> call) {
    try {
      return descriptor.use(name, call);
    } catch (LastErrorException e) {
      throw new NativeException(name, e);
    }
  }

  /**
   * Waits until something can be read.
   *
   * @return false if the time was over first
   */
  public boolean awaitInput(Duration longest) {
    return descriptor.await(Libc.POLLIN, longest) == Descriptor.Wait.READY;
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
