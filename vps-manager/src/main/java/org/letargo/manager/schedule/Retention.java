package org.letargo.manager.schedule;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;

/**
 * Which scheduled checkpoints stay: grandfather, father, son. One stays if any of the three rules
 * wants it. What somebody asked for, pinned or labelled stays whatever the rules say, and does not
 * count. Hours and days are those of UTC.
 *
 * @param last so many of the newest
 * @param hourly the newest of each of the last so many hours that have one
 * @param daily the newest of each of the last so many days that have one
 */
public record Retention(int last, int hourly, int daily) {
  /** The most of each, so that a timeline stays one answer. */
  public static final int MAX = 1000;

  /**
   * @throws VpsException INVALID_REQUEST if one is out of range, or nothing would stay
   */
  public Retention {
    requireRange("keep", last);
    requireRange("keep-hourly", hourly);
    requireRange("keep-daily", daily);
    if (last + hourly + daily == 0) {
      throw VpsException.invalid(
          "a schedule that keeps nothing",
          "every checkpoint would be forgotten as soon as it is taken",
          "Give '--keep', '--keep-hourly' or '--keep-daily'.");
    }
  }

  private static void requireRange(String name, int count) {
    if (count < 0 || count > MAX) {
      throw VpsException.invalid(
          name + " of " + count, "it is from 0 to " + MAX, "Give a number in that range.");
    }
  }

  /** Those that go, the oldest first. */
  public List<CheckpointId> forgets(List<TimelineEntry> timeline) {
    List<TimelineEntry> newestFirst =
        timeline.stream().filter(Retention::isOurs).sorted(BY_TIME.reversed()).toList();
    Set<TimelineEntry> stays = new HashSet<>(newestFirst.subList(0, atMost(newestFirst, last)));
    stays.addAll(newestOfEach(ChronoUnit.HOURS, hourly, newestFirst));
    stays.addAll(newestOfEach(ChronoUnit.DAYS, daily, newestFirst));
    return newestFirst.reversed().stream()
        .filter(entry -> !stays.contains(entry))
        .map(entry -> entry.checkpoint().id())
        .toList();
  }

  private static final Comparator<TimelineEntry> BY_TIME =
      Comparator.comparing((TimelineEntry entry) -> entry.checkpoint().takenAt())
          .thenComparing(entry -> entry.checkpoint().id());

  private static boolean isOurs(TimelineEntry entry) {
    return entry.kind() == CheckpointKind.SCHEDULED && !entry.pinned() && entry.label().isEmpty();
  }

  private static Set<TimelineEntry> newestOfEach(
      ChronoUnit unit, int count, List<TimelineEntry> newestFirst) {
    Set<TimelineEntry> newest = new HashSet<>();
    Set<Instant> seen = new HashSet<>();
    for (TimelineEntry entry : newestFirst) {
      Instant begin = entry.checkpoint().takenAt().truncatedTo(unit);
      if (seen.size() < count && seen.add(begin)) {
        newest.add(entry);
      }
    }
    return newest;
  }

  private static int atMost(List<?> list, int count) {
    return Math.min(list.size(), count);
  }
}
