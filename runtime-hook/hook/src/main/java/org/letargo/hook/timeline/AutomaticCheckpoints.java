package org.letargo.hook.timeline;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Timeline;
import org.letargo.hook.protocol.TimelineEntry;

/**
 * Which of the checkpoints that nobody asked for may go. A suspension leaves one, and so does a
 * rewind or a migration; without a bound a VPS that is suspended every night would fill the disk.
 * One that a person has pinned, labelled or written on stays, and so does the one that the present
 * follows on.
 */
public final class AutomaticCheckpoints {
  /** So many of them are kept, the newest. */
  public static final int KEPT = 10;

  private AutomaticCheckpoints() {}

  /** Those that may be forgotten, oldest first. */
  public static List<CheckpointId> surplus(Timeline timeline) {
    List<CheckpointId> automatic =
        timeline.checkpoints().stream()
            .filter(AutomaticCheckpoints::isUntouched)
            .map(entry -> entry.checkpoint().id())
            .sorted(Comparator.naturalOrder())
            .toList();
    return automatic.subList(0, Math.max(0, automatic.size() - KEPT)).stream()
        .filter(id -> !Optional.of(id).equals(timeline.here()))
        .toList();
  }

  private static boolean isUntouched(TimelineEntry entry) {
    boolean unasked =
        switch (entry.kind()) {
          case SUSPEND, BEFORE_REWIND, MIGRATE -> true;
          case MANUAL, SCHEDULED, IMPORT, CLONE -> false;
        };
    return unasked && !entry.pinned() && entry.label().isEmpty() && entry.note().isEmpty();
  }
}
