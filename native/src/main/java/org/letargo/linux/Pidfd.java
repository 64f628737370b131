package org.letargo.linux;

import static org.letargo.linux.Libc.LIBC;
import static org.letargo.linux.Libc.POLLIN;

import com.sun.jna.LastErrorException;
import java.time.Duration;

/**
 * A process that can be awaited and signalled without ever hitting a reused pid. Holds two
 * descriptors until closed.
 */
public final class Pidfd implements AutoCloseable {
  private final long pid;
  private final Descriptor descriptor;

  private Pidfd(long pid, Descriptor descriptor) {
    this.pid = pid;
    this.descriptor = descriptor;
  }

  /**
   * Opens a process by its pid in our pid namespace.
   *
   * @throws NativeException ESRCH if there is no such process; EINVAL if it is a thread, not a
   *     process
   */
  public static Pidfd open(long pid) {
    try {
      return new Pidfd(pid, new Descriptor(LIBC.pidfd_open(Math.toIntExact(pid), 0)));
    } catch (LastErrorException e) {
      throw new NativeException("pidfd_open(" + pid + ")", e);
    }
  }

  /** The number that the process was opened by; it may name another one once this one is dead. */
  public long pid() {
    return pid;
  }

  /**
   * Blocks until the process has ended (a zombie has), the time is over, or another thread closes
   * this.
   *
   * @param timeout rounded up to milliseconds; zero asks only; not negative
   * @return true if the process has ended
   */
  public boolean awaitExit(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("negative timeout: " + timeout);
    }
    return descriptor.await(POLLIN, timeout) == Descriptor.Wait.READY;
  }

  /** Whether the process has not ended yet; a zombie is not alive. */
  public boolean isAlive() {
    return switch (descriptor.await(POLLIN, Duration.ZERO)) {
      case READY -> false;
      case TIMED_OUT -> true;
      case SHUT_DOWN -> throw new NativeException("poll(pidfd of " + pid + ")", Errno.EBADF);
    };
  }

  /**
   * Sends a signal.
   *
   * @param signal its number, see {@link Signals}
   * @throws NativeException ESRCH if the process has ended and was waited for; EPERM; EBADF after
   *     close
   */
  public void signal(int signal) {
    String call = "pidfd_send_signal(" + pid + ", " + signal + ")";
    descriptor.use(
        call,
        fd -> {
          try {
            return LIBC.pidfd_send_signal(fd, signal, null, 0);
          } catch (LastErrorException e) {
            throw new NativeException(call, e);
          }
        });
  }

  /** The caller closes what is returned. */
  int copyDescriptor(int number) {
    String call = "pidfd_getfd(" + pid + ", " + number + ")";
    return descriptor.use(
        call,
        fd -> {
          try {
            return LIBC.pidfd_getfd(fd, number, 0);
          } catch (LastErrorException e) {
            throw new NativeException(call, e);
          }
        });
  }

  /** Gives the descriptors back; those who wait return. The process is left alone. */
  @Override
  public void close() {
    descriptor.close();
  }
}
