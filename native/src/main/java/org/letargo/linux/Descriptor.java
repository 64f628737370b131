package org.letargo.linux;

import static org.letargo.linux.Libc.EFD_CLOEXEC;
import static org.letargo.linux.Libc.LIBC;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A file descriptor that may be closed while other threads wait on it. Closing a descriptor does
 * not wake those who poll it, and its number may name another file the next moment. So everybody
 * polls an eventfd too, which {@link #shutdown} raises, and {@link #close} waits until the last
 * user has left.
 *
 * <p>Lock's rule: the read lock is held while the numbers are used, the write lock while they are
 * closed.
 */
final class Descriptor implements AutoCloseable {
  /** How a wait ended. */
  enum Wait {
    READY,
    TIMED_OUT,
    SHUT_DOWN
  }

  private static final int POLLFD_BYTES = 8;
  private static final int REVENTS_OFFSET = 6;

  private final int fd;
  private final int wake;
  private final ReentrantReadWriteLock users = new ReentrantReadWriteLock();
  private final AtomicBoolean shutDown = new AtomicBoolean();
  private boolean closed; // guarded by users

  /**
   * @param fd closed with this, and also if this cannot be made
   */
  Descriptor(int fd) {
    this.fd = fd;
    try {
      this.wake = LIBC.eventfd(0, EFD_CLOEXEC);
    } catch (LastErrorException e) {
      closeQuietly(fd);
      throw new NativeException("eventfd()", e);
    }
  }

  /** A system call on the number of the descriptor. */
  @FunctionalInterface
  interface Call<T> {
    T on(int fd);
  }

  /** Runs a call that does not block. Throws EBADF once the descriptor is shut down. */
  <T> T use(String name, Call<T> call) {
    users.readLock().lock();
    try {
      if (shutDown.get()) {
        throw new NativeException(name, Errno.EBADF);
      }
      return call.on(fd);
    } finally {
      users.readLock().unlock();
    }
  }

  /**
   * Blocks until one of the events is there, or an error or a hang-up.
   *
   * @param timeout rounded up to milliseconds; negative: without end
   */
  Wait await(short events, Duration timeout) {
    users.readLock().lock();
    try (Memory pollfds = new Memory(2 * POLLFD_BYTES)) {
      pollfds.setInt(0, fd);
      pollfds.setInt(4, events);
      pollfds.setInt(POLLFD_BYTES, wake);
      pollfds.setInt(POLLFD_BYTES + 4, Libc.POLLIN);
      long deadline = timeout.isNegative() ? Long.MAX_VALUE : System.nanoTime() + nanos(timeout);
      while (!shutDown.get()) {
        int millis = timeout.isNegative() ? -1 : millisUntil(deadline);
        int ready = poll(pollfds, millis);
        if (shutDown.get()) {
          break;
        }
        if (ready > 0 && pollfds.getShort(REVENTS_OFFSET) != 0) {
          return Wait.READY;
        }
        if (ready == 0 && !timeout.isNegative() && millisUntil(deadline) == 0) {
          return Wait.TIMED_OUT;
        }
      }
      return Wait.SHUT_DOWN;
    } finally {
      users.readLock().unlock();
    }
  }

  /** Wakes all who wait, now and from now on. The descriptor stays open. */
  void shutdown() {
    users.readLock().lock();
    try {
      if (!closed && shutDown.compareAndSet(false, true)) {
        byte[] one = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(1).array();
        LIBC.write(wake, one, new NativeLong(one.length));
      }
    } catch (LastErrorException e) {
      throw new NativeException("write(eventfd)", e);
    } finally {
      users.readLock().unlock();
    }
  }

  boolean isShutDown() {
    return shutDown.get();
  }

  @Override
  public void close() {
    shutdown();
    users.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        closeQuietly(fd);
        closeQuietly(wake);
      }
    } finally {
      users.writeLock().unlock();
    }
  }

  /** Closes; an error of close(2) is of no use here: the number is free afterwards in any case. */
  static void closeQuietly(int fd) {
    try {
      LIBC.close(fd);
    } catch (LastErrorException e) {
      // nothing that was written through these descriptors is lost: they are no files
    }
  }

  private static int poll(Memory pollfds, int millis) {
    try {
      return LIBC.poll(pollfds, new NativeLong(2), millis);
    } catch (LastErrorException e) {
      if (e.getErrorCode() == Errno.EINTR) {
        return -1;
      }
      throw new NativeException("poll()", e);
    }
  }

  private static long nanos(Duration timeout) {
    // far enough for everybody, and the sum with nanoTime() does not overflow
    Duration longest = Duration.ofDays(365);
    return (timeout.compareTo(longest) > 0 ? longest : timeout).toNanos();
  }

  private static int millisUntil(long deadline) {
    long left = deadline - System.nanoTime();
    return left <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
  }
}
