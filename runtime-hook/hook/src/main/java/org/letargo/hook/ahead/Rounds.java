package org.letargo.hook.ahead;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the rounds of a pre-copy have found, and whether one more is worth it. Knows no clock: the
 * same rounds, the same answers. For one thread.
 */
final class Rounds {
  /** A round that leaves more than this share of the one before only makes noise. */
  private static final double SHRINKS = 0.75;

  private static final int MOST = 16;

  /** Less says nothing about a link. */
  private static final long LEAST_MEASURED_BYTES = 4L << 20;

  private static final double NANOS = 1e9;

  /**
   * One way through everything.
   *
   * @param newBytes content that no round before has had
   * @param nanos how long it took
   */
  record Round(long newBytes, long nanos) {}

  private final Duration budget;
  private final List<Round> rounds = new ArrayList<>();

  /**
   * @param budget in which what is left is to be sent while the VPS stands still
   */
  Rounds(Duration budget) {
    this.budget = budget;
  }

  /**
   * Adds one.
   *
   * @return why there should be no more, half a sentence; empty: one more
   */
  Optional<String> add(long newBytes, Duration took) {
    rounds.add(new Round(newBytes, Math.max(1, took.toNanos())));
    Round last = rounds.getLast();
    if (fits(last)) {
      return Optional.of("what is left fits the downtime of " + budget.toMillis() + " ms");
    }
    if (rounds.size() > 1 && last.newBytes > SHRINKS * rounds.get(rounds.size() - 2).newBytes) {
      return Optional.of("it changes as fast as it is sent");
    }
    return rounds.size() >= MOST ? Optional.of("there were " + MOST + " rounds") : Optional.empty();
  }

  /** As fast as it has ever been sent; where that is not known, as fast as this round was. */
  private boolean fits(Round last) {
    long perSecond = perSecond();
    double seconds = perSecond == 0 ? last.nanos / NANOS : last.newBytes / (double) perSecond;
    return last.newBytes == 0 || seconds * NANOS <= budget.toNanos();
  }

  int count() {
    return rounds.size();
  }

  /** What the last round has found. */
  long leftBytes() {
    return rounds.isEmpty() ? 0 : rounds.getLast().newBytes;
  }

  /** Bytes a second of the fastest round that says something; 0 if none does. */
  long perSecond() {
    return rounds.stream()
        .filter(round -> round.newBytes >= LEAST_MEASURED_BYTES)
        .mapToLong(round -> (long) (round.newBytes / (round.nanos / NANOS)))
        .max()
        .orElse(0);
  }

  /**
   * What a round finds has changed while the one before it was under way; 0 before there are two.
   */
  long changedPerSecond() {
    if (rounds.size() < 2) {
      return 0;
    }
    return (long) (rounds.getLast().newBytes / (rounds.get(rounds.size() - 2).nanos / NANOS));
  }
}
