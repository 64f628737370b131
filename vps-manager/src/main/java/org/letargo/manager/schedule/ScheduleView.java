package org.letargo.manager.schedule;

import java.time.Instant;
import java.util.Optional;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.json.FailureView;

/** A schedule as the API shows it; schema Schedule. */
record ScheduleView(
    VpsName vps,
    long everySeconds,
    int keep,
    int keepHourly,
    int keepDaily,
    String by,
    Instant nextAt,
    Optional<Instant> lastAt,
    int failures,
    Optional<FailureView> error) {
  static ScheduleView of(Scheduled scheduled) {
    Schedule schedule = scheduled.schedule();
    return new ScheduleView(
        schedule.vps(),
        schedule.every().toSeconds(),
        schedule.retention().last(),
        schedule.retention().hourly(),
        schedule.retention().daily(),
        schedule.by(),
        scheduled.nextAt(),
        scheduled.lastAt(),
        scheduled.failures(),
        scheduled.error().map(FailureView::of));
  }
}
