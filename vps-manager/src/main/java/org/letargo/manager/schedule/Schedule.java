package org.letargo.manager.schedule;

import java.time.Duration;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

/**
 * What was asked for: checkpoints of a VPS, by themselves. A VPS has one schedule at most.
 *
 * @param by the name of the token that asked
 */
public record Schedule(VpsName vps, Duration every, Retention retention, String by) {
  static final Duration SHORTEST = Duration.ofSeconds(10);
  static final Duration LONGEST = Duration.ofDays(366);

  /**
   * @throws VpsException INVALID_REQUEST if the time between two is out of range
   */
  public Schedule {
    if (every.compareTo(SHORTEST) < 0 || every.compareTo(LONGEST) > 0) {
      throw VpsException.invalid(
          "a schedule of every " + every.toSeconds() + " seconds",
          "it is from " + SHORTEST.toSeconds() + " seconds to " + LONGEST.toDays() + " days",
          "Give a time in that range, such as '5m'.");
    }
  }
}
