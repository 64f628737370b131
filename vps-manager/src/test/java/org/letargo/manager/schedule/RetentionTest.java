package org.letargo.manager.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;

class RetentionTest {
  private static final Instant MIDNIGHT = Instant.parse("2026-01-02T00:00:00Z");

  private static TimelineEntry scheduled(String at) {
    return entry(Instant.parse(at), CheckpointKind.SCHEDULED, false, "");
  }

  private static TimelineEntry entry(
      Instant at, CheckpointKind kind, boolean pinned, String label) {
    return new TimelineEntry(
        new CheckpointReport(CheckpointId.create(at), at, DataSize.ofBytes(1), DataSize.ofBytes(2)),
        Optional.empty(),
        kind,
        true,
        label,
        "",
        pinned,
        DataSize.ofBytes(1),
        Duration.ZERO);
  }

  private static CheckpointId id(TimelineEntry entry) {
    return entry.checkpoint().id();
  }

  /** Those that stay. */
  private static List<TimelineEntry> kept(Retention rule, List<TimelineEntry> timeline) {
    Set<CheckpointId> gone = new HashSet<>(rule.forgets(timeline));
    return timeline.stream().filter(entry -> !gone.contains(id(entry))).toList();
  }

  @Test
  void keepsTheNewest() {
    TimelineEntry first = scheduled("2026-01-02T10:00:00Z");
    TimelineEntry second = scheduled("2026-01-02T10:05:00Z");
    TimelineEntry third = scheduled("2026-01-02T10:10:00Z");

    assertThat(new Retention(2, 0, 0).forgets(List.of(first, second, third)))
        .containsExactly(id(first));
    assertThat(new Retention(1, 0, 0).forgets(List.of(first, second, third)))
        .containsExactly(id(first), id(second));
    assertThat(new Retention(3, 0, 0).forgets(List.of(first, second, third))).isEmpty();
    assertThat(new Retention(1, 0, 0).forgets(List.of())).isEmpty();
  }

  @Test
  void keepsTheNewestOfEachHourAndDay() {
    TimelineEntry dayBefore = scheduled("2026-01-01T08:00:00Z");
    TimelineEntry dayBeforeLast = scheduled("2026-01-01T23:59:59Z");
    TimelineEntry nine = scheduled("2026-01-02T09:00:00Z");
    TimelineEntry nineLast = scheduled("2026-01-02T09:55:00Z");
    TimelineEntry ten = scheduled("2026-01-02T10:00:00Z");
    TimelineEntry tenLast = scheduled("2026-01-02T10:05:00Z");
    List<TimelineEntry> all = List.of(dayBefore, dayBeforeLast, nine, nineLast, ten, tenLast);

    assertThat(kept(new Retention(0, 1, 0), all)).containsExactly(tenLast);
    assertThat(kept(new Retention(0, 2, 0), all)).containsExactly(nineLast, tenLast);
    assertThat(kept(new Retention(0, 0, 1), all)).containsExactly(tenLast);
    assertThat(kept(new Retention(0, 0, 2), all)).containsExactly(dayBeforeLast, tenLast);
    assertThat(kept(new Retention(2, 2, 2), all))
        .containsExactly(dayBeforeLast, nineLast, ten, tenLast);
  }

  @Test
  void countsOnlyHoursThatHaveOne() {
    TimelineEntry longAgo = scheduled("2025-06-01T08:00:00Z");
    TimelineEntry now = scheduled("2026-01-02T10:00:00Z");

    assertThat(kept(new Retention(0, 2, 0), List.of(longAgo, now))).containsExactly(longAgo, now);
  }

  @Test
  void leavesAloneWhatSomebodyWanted() {
    List<TimelineEntry> wanted = new ArrayList<>();
    for (CheckpointKind kind : CheckpointKind.values()) {
      if (kind != CheckpointKind.SCHEDULED) {
        wanted.add(entry(MIDNIGHT, kind, false, ""));
      }
    }
    wanted.add(entry(MIDNIGHT, CheckpointKind.SCHEDULED, true, ""));
    wanted.add(entry(MIDNIGHT, CheckpointKind.SCHEDULED, false, "release"));
    TimelineEntry old = scheduled("2026-01-02T10:00:00Z");
    TimelineEntry last = scheduled("2026-01-02T10:05:00Z");
    List<TimelineEntry> all = new ArrayList<>(wanted);
    all.add(old);
    all.add(last);

    assertThat(new Retention(1, 1, 1).forgets(all)).containsExactly(id(old));
  }

  @Test
  void goesByTimeAndNotByOrder() {
    List<TimelineEntry> all = new ArrayList<>();
    for (int minute = 0; minute < 300; minute++) {
      all.add(entry(MIDNIGHT.plusSeconds(60L * minute), CheckpointKind.SCHEDULED, false, ""));
    }
    Retention rule = new Retention(5, 3, 2);
    List<CheckpointId> inOrder = rule.forgets(all);

    Collections.shuffle(all, new Random(7));

    assertThat(rule.forgets(all)).isEqualTo(inOrder);
  }

  /** Thinned after each checkpoint, as a schedule does, and not once at the end. */
  @Test
  void leavesTheGenerationsThatItPromisesOverAWeek() {
    Retention rule = new Retention(12, 24, 7);
    List<TimelineEntry> timeline = new ArrayList<>();
    for (int step = 0; step < 10 * 24 * 12; step++) {
      timeline.add(entry(MIDNIGHT.plusSeconds(300L * step), CheckpointKind.SCHEDULED, false, ""));
      timeline = new ArrayList<>(kept(rule, timeline));
    }

    Instant end = MIDNIGHT.plus(Duration.ofDays(10)).minusSeconds(300);
    List<Instant> left =
        timeline.stream().map(entry -> entry.checkpoint().takenAt()).sorted().toList();
    List<Instant> promised = new ArrayList<>();
    for (int day = 6; day >= 1; day--) {
      promised.add(end.minus(Duration.ofDays(day)));
    }
    for (int hour = 23; hour >= 1; hour--) {
      promised.add(end.minus(Duration.ofHours(hour)));
    }
    for (int five = 11; five >= 0; five--) {
      promised.add(end.minusSeconds(300L * five));
    }
    assertThat(left).isEqualTo(promised);
  }

  @ParameterizedTest
  @CsvSource({"-1, 0, 1", "1, -1, 0", "1, 0, 1001", "0, 0, 0"})
  void refusesWhatKeepsNothingOrTooMuch(int last, int hourly, int daily) {
    assertThatThrownBy(() -> new Retention(last, hourly, daily)).isInstanceOf(VpsException.class);
  }
}
