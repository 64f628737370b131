package org.letargo.manager.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as people read them: to the second, in UTC. JSON keeps the API's. */
final class Times {
  private Times() {}

  /** The time of an API's answer; what is no time stays as it is. */
  static String shown(String instant) {
    try {
      return Instant.parse(instant).truncatedTo(ChronoUnit.SECONDS).toString();
    } catch (DateTimeException e) {
      return instant;
    }
  }
}
