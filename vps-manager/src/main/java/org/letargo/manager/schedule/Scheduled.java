package org.letargo.manager.schedule;

import java.time.Instant;
import java.util.Optional;
import org.letargo.hook.protocol.Failure;

/**
 * A schedule and how it goes.
 *
 * @param nextAt when it is due
 * @param lastAt when it last took a checkpoint
 * @param failures how often it has failed since then
 * @param error the last of these failures
 */
record Scheduled(
    Schedule schedule,
    Instant nextAt,
    Optional<Instant> lastAt,
    int failures,
    Optional<Failure> error) {

  static Scheduled added(Schedule schedule, Instant now) {
    return new Scheduled(schedule, now, Optional.empty(), 0, Optional.empty());
  }

  Scheduled withNext(Instant at) {
    return new Scheduled(schedule, at, lastAt, failures, error);
  }

  Scheduled succeeded(Instant now) {
    return new Scheduled(schedule, nextAt, Optional.of(now), 0, Optional.empty());
  }

  Scheduled failed(Instant now, Failure why) {
    int times = failures + 1;
    return new Scheduled(
        schedule, now.plus(Due.retry(schedule.every(), times)), lastAt, times, Optional.of(why));
  }
}
