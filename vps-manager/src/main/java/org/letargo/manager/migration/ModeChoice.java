package org.letargo.manager.migration;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import org.letargo.hook.protocol.DataSize;

/**
 * In which way a VPS moves where somebody leaves that to us, and why. The same facts, the same
 * choice: nothing is asked or measured here.
 *
 * @param way what is chosen
 * @param downtime how long it will most likely run nowhere
 * @param why a sentence without a full stop
 */
public record ModeChoice(Way way, Duration downtime, String why) {
  /** What there is to choose from. */
  public enum Way {
    STOP,
    PRECOPY,
    POSTCOPY
  }

  /**
   * What is known.
   *
   * @param isRunning whether anything would be interrupted
   * @param memory what it has in memory
   * @param disk its files that differ from the template
   * @param changedPerSecond how much of the memory changes
   * @param perSecond how fast bytes go to the other host; empty if nobody has seen that
   * @param latency of an answer
   * @param budget how long it should run nowhere, at most
   * @param knowsChunks whether the other host can tell what its store has; else nothing that was
   *     sent ahead is found again
   * @param hasPostcopy whether its memory can follow it
   */
  public record Facts(
      boolean isRunning,
      DataSize memory,
      DataSize disk,
      DataSize changedPerSecond,
      OptionalLong perSecond,
      Duration latency,
      Duration budget,
      boolean knowsChunks,
      boolean hasPostcopy) {}

  /** To freeze, to make the processes anew, and what is always done: without its memory. */
  private static final double BASE_SECONDS = 0.5;

  /** Of memory, while a VPS is frozen: out of the engine, compared with the store. */
  private static final double SAVED_PER_SECOND = 500L << 20;

  /** To go through memory that is sent ahead, where nothing has changed. */
  private static final double LOOKED_THROUGH_PER_SECOND = 1L << 30;

  /** Where nobody knows better: a link of 1 Gbit/s. */
  private static final double USUAL_PER_SECOND = 110L << 20;

  /** What changes faster than this share of the link is not caught up with. */
  private static final double CAN_CATCH_UP = 0.75;

  /** How often the two hosts wait for each other when a VPS changes hands. */
  private static final int ANSWERS = 6;

  private static final double NANOS = 1e9;

  /** Chooses. */
  public static ModeChoice of(Facts facts) {
    if (!facts.isRunning) {
      return new ModeChoice(Way.STOP, Duration.ZERO, "it does not run");
    }
    double perSecond =
        facts.perSecond.isPresent() ? Math.max(1, facts.perSecond.getAsLong()) : USUAL_PER_SECOND;
    double budget = seconds(facts.budget);
    double answers = ANSWERS * seconds(facts.latency);
    double saving = facts.memory.bytes() / SAVED_PER_SECOND;
    double whole = (facts.memory.bytes() + facts.disk.bytes()) / perSecond;
    ModeChoice stop = choice(Way.STOP, BASE_SECONDS + answers + saving + whole, "");
    ModeChoice postcopy = choice(Way.POSTCOPY, BASE_SECONDS + answers, "");
    if (whole <= budget) {
      return stop.because("all of it can be sent within " + shown(budget));
    }
    if (!facts.knowsChunks) {
      String useless = "the store there is encrypted, and cannot tell what was sent ahead";
      return facts.hasPostcopy ? postcopy.because(useless) : stop.because(useless);
    }
    double changed = facts.changedPerSecond.bytes();
    double round = Math.max(facts.memory.bytes() / LOOKED_THROUGH_PER_SECOND, budget);
    boolean catchesUp = changed < CAN_CATCH_UP * perSecond;
    double left = Math.min(whole, catchesUp ? changed * round / perSecond : whole);
    ModeChoice precopy = choice(Way.PRECOPY, BASE_SECONDS + answers + saving + left, "");
    if (!catchesUp) {
      String fast =
          "it changes %s a second, and the link takes %s"
              .formatted(facts.changedPerSecond, DataSize.ofBytes((long) perSecond));
      return facts.hasPostcopy ? postcopy.because(fast) : precopy.because(fast);
    }
    if (facts.hasPostcopy && saving + left > Math.max(budget, BASE_SECONDS)) {
      return postcopy.because(
          "to save its memory alone takes %s, and it should not run for %s at most"
              .formatted(shown(saving + left), shown(budget)));
    }
    return precopy.because(
        "all of it would take %s to send, and what changes meanwhile %s"
            .formatted(shown(whole), shown(left)));
  }

  private static ModeChoice choice(Way way, double seconds, String why) {
    return new ModeChoice(way, Duration.ofNanos((long) (seconds * NANOS)), why);
  }

  private ModeChoice because(String reason) {
    return new ModeChoice(way, downtime, reason);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / NANOS;
  }

  private static String shown(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
