package org.letargo.hook.protocol.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.letargo.hook.protocol.HookRequest;

/**
 * A point of the next change of one kind at which something happens, once. Any thread may use it.
 */
public final class Trap {
  /** How long a test that forgot to release may stand still. */
  private static final Duration LONGEST_HOLD = Duration.ofSeconds(60);

  private final Class<?> change;
  private final Moment moment;
  private final Runnable effect;
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  Trap(Class<?> change, Moment moment, Runnable effect) {
    this.change = change;
    this.moment = moment;
    this.effect = effect;
  }

  /**
   * Waits until a change has come here, and what was to happen here has happened.
   *
   * @throws AssertionError if none does in time
   */
  public void awaitReached() {
    await(reached, change.getSimpleName() + " did not reach " + moment);
  }

  /** Lets a change that stands here go on, now or when it comes. */
  public void release() {
    released.countDown();
  }

  boolean matches(HookRequest.Change<?> request, Moment here) {
    return change.isInstance(request) && moment == here;
  }

  void spring() {
    try {
      effect.run();
    } finally {
      reached.countDown();
    }
  }

  void holdHere() {
    reached.countDown();
    await(released, "a change was held at " + moment + " and never released");
  }

  private static void await(CountDownLatch latch, String complaint) {
    try {
      if (!latch.await(LONGEST_HOLD.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError(complaint + " within " + LONGEST_HOLD.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(complaint + ": interrupted", e);
    }
  }
}
