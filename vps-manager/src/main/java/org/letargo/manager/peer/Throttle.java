package org.letargo.manager.peer;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.letargo.hook.protocol.DataSize;

/**
 * Lets bytes pass so fast and no faster: a bucket that so many run into each second, and that holds
 * what comes in a twentieth of one. For any number of threads, which then share it.
 */
final class Throttle {
  /** Waits. */
  @FunctionalInterface
  interface Pause {
    void nanos(long nanos);
  }

  /** As fast as it goes. */
  static final Throttle NONE =
      new Throttle(Long.MAX_VALUE, System::nanoTime, LockSupport::parkNanos);

  private static final double NANOS = 1e9;
  private static final double BURST_SECONDS = 0.05;

  private final long perSecond;
  private final LongSupplier clock;
  private final Pause pause;

  /** When the bucket has run full since the last bytes passed; guarded by this. */
  private long fullNanos;

  private boolean begun;

  Throttle(long perSecond, LongSupplier clock, Pause pause) {
    this.perSecond = perSecond;
    this.clock = clock;
    this.pause = pause;
  }

  /**
   * @param perSecond 1 byte or more
   */
  static Throttle of(DataSize perSecond) {
    return new Throttle(Math.max(1, perSecond.bytes()), System::nanoTime, LockSupport::parkNanos);
  }

  /** Waits until so many bytes may pass; one that was interrupted waits no longer. */
  void pass(int bytes) {
    if (perSecond == Long.MAX_VALUE) {
      return;
    }
    long until = reserve(bytes);
    for (long left = until - clock.getAsLong();
        left > 0 && !Thread.currentThread().isInterrupted();
        left = until - clock.getAsLong()) {
      pause.nanos(left);
    }
  }

  /** The moment from which on they may pass. */
  private synchronized long reserve(int bytes) {
    long now = clock.getAsLong();
    long earliest = now - (long) (BURST_SECONDS * NANOS);
    if (!begun || fullNanos < earliest) {
      begun = true;
      fullNanos = earliest;
    }
    fullNanos += (long) (bytes / (double) perSecond * NANOS);
    return fullNanos;
  }
}
