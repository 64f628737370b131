package org.letargo.manager.migration;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Duration;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.schedule.Retention;
import org.letargo.manager.schedule.Schedule;

/** The schedule of a VPS that has moved, as one host tells it to another. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CarriedSchedule(
    VpsName name, long everySeconds, int keep, int keepHourly, int keepDaily) {
  static CarriedSchedule of(Schedule schedule) {
    Retention retention = schedule.retention();
    return new CarriedSchedule(
        schedule.vps(),
        schedule.every().toSeconds(),
        retention.last(),
        retention.hourly(),
        retention.daily());
  }

  /**
   * As it is here.
   *
   * @param by who has brought it
   * @throws VpsException INVALID_REQUEST if there can be no such schedule
   */
  Schedule toSchedule(String by) {
    Retention retention = new Retention(keep, keepHourly, keepDaily);
    return new Schedule(name, Duration.ofSeconds(everySeconds), retention, by);
  }
}
