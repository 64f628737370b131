package org.letargo.manager.schedule;

import java.time.Duration;
import java.time.Instant;

/** When a schedule is due. Pure: what time it is comes from outside, and may jump. */
final class Due {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(30);
  private static final Duration LONGEST_RETRY = Duration.ofHours(1);

  /** How long it waits for a VPS that something else is changing. */
  static final Duration POSTPONED = Duration.ofSeconds(5);

  private static final int MAX_DOUBLINGS = 20;

  private Due() {}

  static boolean isDue(Instant nextAt, Instant now) {
    return !nextAt.isAfter(now);
  }

  /**
   * The time after this one, in the same rhythm. What was missed, while the manager was away or
   * because the clock jumped forward, is not made up for.
   */
  static Instant after(Instant nextAt, Duration every, Instant now) {
    Instant next = nextAt.plus(every);
    return next.isAfter(now) ? next : now.plus(every);
  }

  /** The pause after so many failures in a row: 30 seconds, then twice as long each time. */
  static Duration retry(Duration every, int failures) {
    int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
    return min(FIRST_RETRY.multipliedBy(1L << doublings), longest(every));
  }

  /**
   * The clock may have been set back: nothing waits longer than it could have been told to wait.
   */
  static Instant withinReach(Instant nextAt, Duration every, Instant now) {
    Instant latest = now.plus(longest(every));
    return nextAt.isAfter(latest) ? now.plus(every) : nextAt;
  }

  private static Duration longest(Duration every) {
    return every.compareTo(LONGEST_RETRY) > 0 ? every : LONGEST_RETRY;
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
