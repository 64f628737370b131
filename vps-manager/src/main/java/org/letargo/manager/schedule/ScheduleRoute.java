package org.letargo.manager.schedule;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.vps.VpsRegistry;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;

/** Schedules: look, add, remove. */
public final class ScheduleRoute {
  record ScheduleList(List<ScheduleView> schedules) {}

  /** Schema PutSchedule. */
  record PutBody(
      long everySeconds,
      Optional<Integer> keep,
      Optional<Integer> keepHourly,
      Optional<Integer> keepDaily) {
    Schedule toSchedule(VpsName vps, String by) {
      Retention retention =
          new Retention(keep.orElse(0), keepHourly.orElse(0), keepDaily.orElse(0));
      return new Schedule(vps, Duration.ofSeconds(everySeconds), retention, by);
    }
  }

  private final Schedules schedules;
  private final VpsRegistry registry;

  public ScheduleRoute(Schedules schedules, VpsRegistry registry) {
    this.schedules = schedules;
    this.registry = registry;
  }

  public void addTo(Endpoints endpoints) {
    endpoints
        .add("listSchedules", this::list)
        .add("getSchedule", this::get)
        .add("putSchedule", this::put)
        .add("removeSchedule", this::remove);
  }

  private void list(Call call) {
    call.answer(200, new ScheduleList(schedules.list().stream().map(ScheduleView::of).toList()));
  }

  private void get(Call call) {
    VpsName vps = new VpsName(call.path("name"));
    registry.get(vps);
    call.answer(200, ScheduleView.of(schedules.get(vps)));
  }

  private void put(Call call) {
    VpsName vps = new VpsName(call.path("name"));
    Schedule schedule = call.body(PutBody.class).toSchedule(vps, call.by());
    call.blocking(() -> {
      registry.get(vps);
      call.answer(200, ScheduleView.of(schedules.put(schedule)));
    });
  }

  private void remove(Call call) {
    VpsName vps = new VpsName(call.path("name"));
    call.blocking(() -> {
      schedules.remove(vps);
      call.noContent();
    });
  }
}
