package org.letargo.manager.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.letargo.hook.protocol.VpsException;

/** Durations as people write them. */
final class Durations {
  private static final Pattern TEXT = Pattern.compile("([0-9]{1,6})(ms|[smhd]?)");

  private Durations() {}

  /**
   * Reads {@code 300ms}, {@code 30s}, {@code 5m}, {@code 1h}, {@code 1d}, and {@code 30} as
   * seconds.
   *
   * @throws VpsException INVALID_REQUEST if it has another form
   */
  static Duration parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw VpsException.invalid(
          "duration " + VpsException.quoted(text),
          "a duration is a number with ms, s, m, h or d behind it",
          "Write it like '30s'.");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofSeconds(number);
    };
  }
}
