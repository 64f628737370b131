package org.letargo.hook.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Timeline;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsName;

class AutomaticCheckpointsTest {
  @Test
  void keepsTheNewestTen() {
    List<TimelineEntry> entries = new ArrayList<>();
    for (int i = 0; i < 13; i++) {
      entries.add(entry(i, i % 2 == 0 ? CheckpointKind.SUSPEND : CheckpointKind.BEFORE_REWIND));
    }

    assertThat(AutomaticCheckpoints.surplus(timeline(12, entries)))
        .containsExactly(id(0), id(1), id(2));
    assertThat(AutomaticCheckpoints.surplus(timeline(12, entries.subList(3, 13)))).isEmpty();
  }

  @Test
  void keepsWhatSomebodyAskedForOrTouched() {
    List<TimelineEntry> entries = new ArrayList<>();
    entries.add(entry(0, CheckpointKind.MANUAL));
    entries.add(entry(1, CheckpointKind.IMPORT));
    entries.add(touched(2, "good", "", false));
    entries.add(touched(3, "", "before the upgrade", false));
    entries.add(touched(4, "", "", true));
    entries.add(entry(5, CheckpointKind.SUSPEND)); // the present
    entries.add(entry(6, CheckpointKind.SUSPEND));
    for (int i = 7; i < 17; i++) {
      entries.add(entry(i, CheckpointKind.SUSPEND));
    }

    assertThat(AutomaticCheckpoints.surplus(timeline(5, entries))).containsExactly(id(6));
  }

  private static Timeline timeline(int here, List<TimelineEntry> entries) {
    return new Timeline(new VpsName("web1"), Optional.of(id(here)), entries);
  }

  private static TimelineEntry entry(int number, CheckpointKind kind) {
    return entry(number, kind, "", "", false);
  }

  private static TimelineEntry touched(int number, String label, String note, boolean pinned) {
    return entry(number, CheckpointKind.SUSPEND, label, note, pinned);
  }

  private static TimelineEntry entry(
      int number, CheckpointKind kind, String label, String note, boolean pinned) {
    return new TimelineEntry(
        new CheckpointReport(
            id(number), Instant.EPOCH, DataSize.ofMebibytes(1), DataSize.ofMebibytes(2)),
        Optional.empty(),
        kind,
        true,
        label,
        note,
        pinned,
        DataSize.ofBytes(10),
        Duration.ZERO);
  }

  private static CheckpointId id(int number) {
    return new CheckpointId("20260101-0000%02d-0000000a".formatted(number));
  }
}
