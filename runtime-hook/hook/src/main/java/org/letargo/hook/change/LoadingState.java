package org.letargo.hook.change;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.letargo.hook.pages.LazyRestore.Outcome;

/**
 * How far a {@link Loading} is, for those who wait for it. The restore and the memory end in any
 * order; when both have and nothing works any more it is closed. Any thread; nobody is called while
 * the lock is held but {@code enough}, which must not block.
 */
final class LoadingState {
  static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  /** The engine's part. */
  enum Restore {
    UNDER_WAY,
    /** It has returned: the VPS is on its own. */
    DONE,
    /** The resume has failed, and takes the VPS down. */
    GIVEN_UP
  }

  /** Guarded by this, all. */
  private Restore restore = Restore.UNDER_WAY;

  private Optional<Outcome> outcome = Optional.empty();
  private boolean closed;

  /** More memory is there, or somebody wants to be looked after. */
  synchronized void step() {
    notifyAll();
  }

  synchronized void ended(Outcome how) {
    outcome = Optional.of(how);
    notifyAll();
  }

  /** How the memory has ended; empty while it comes. */
  synchronized Optional<Outcome> outcome() {
    return outcome;
  }

  /**
   * The restore has returned.
   *
   * @return whether that holds: not if memory could not be had already
   */
  synchronized boolean restored() {
    if (outcome.orElse(null) instanceof Outcome.Failed) {
      return false;
    }
    restore = Restore.DONE;
    notifyAll();
    return true;
  }

  /** The restore has not returned, and will not; no effect if it has. */
  synchronized void giveUp() {
    if (restore == Restore.UNDER_WAY) {
      restore = Restore.GIVEN_UP;
      notifyAll();
    }
  }

  /** Whether the VPS is on its own and memory comes. */
  synchronized boolean isComing() {
    return restore == Restore.DONE && outcome.isEmpty();
  }

  /** The engine's part, waited for; UNDER_WAY if it has not ended within that time. */
  synchronized Restore awaitRestore(Duration longest) throws InterruptedException {
    await(() -> restore != Restore.UNDER_WAY, longest);
    return restore;
  }

  /** Nothing works any more. */
  synchronized void closed() {
    closed = true;
    notifyAll();
  }

  /** Waits until nothing works any more; whether it came to that within the time. */
  synchronized boolean awaitClosed(Duration longest) throws InterruptedException {
    return await(() -> closed, longest);
  }

  /**
   * Waits for a step, unless there is enough already.
   *
   * @return whether there is nothing more to wait for
   */
  synchronized boolean awaitStep(BooleanSupplier enough) throws InterruptedException {
    if (!closed && !enough.getAsBoolean()) {
      wait();
    }
    return closed || enough.getAsBoolean();
  }

  private boolean await(BooleanSupplier wanted, Duration longest) throws InterruptedException {
    long startNanos = System.nanoTime();
    while (!wanted.getAsBoolean()) {
      long leftNanos = longest.toNanos() - (System.nanoTime() - startNanos);
      if (leftNanos <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    }
    return true;
  }
}
