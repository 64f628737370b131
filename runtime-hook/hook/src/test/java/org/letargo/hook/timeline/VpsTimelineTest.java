package org.letargo.hook.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

class VpsTimelineTest {
  private static final VpsName WEB = new VpsName("web1");
  private static final CheckpointId A = new CheckpointId("20260101-000000-0000000a");
  private static final CheckpointId B = new CheckpointId("20260101-000001-0000000b");
  private static final CheckpointId C = new CheckpointId("20260101-000002-0000000c");

  @TempDir Path folder;
  private VpsTimeline timeline;

  @BeforeEach
  void begin() {
    timeline = new VpsTimeline(WEB, file());
  }

  @Test
  void isEmptyAtFirst() {
    assertThat(timeline.now().checkpoints()).isEmpty();
    assertThat(timeline.here()).isEmpty();
  }

  @Test
  void survivesARestart() {
    timeline.add(entry(A, Optional.empty(), "first"));
    timeline.add(entry(B, Optional.of(A), ""));

    VpsTimeline again = new VpsTimeline(WEB, file());

    assertThat(again.now()).isEqualTo(timeline.now());
    assertThat(again.here()).contains(B);
  }

  @Test
  void whatFollowsOnARemovedOneFollowsOnItsParent() {
    timeline.add(entry(A, Optional.empty(), ""));
    timeline.add(entry(B, Optional.of(A), ""));
    timeline.add(entry(C, Optional.of(B), ""));
    timeline.moveTo(B);

    timeline.remove(B);

    assertThat(timeline.get(C).parent()).contains(A);
    assertThat(timeline.here()).contains(A);
  }

  @Test
  void branchesWhereThePresentIs() {
    timeline.add(entry(A, timeline.here(), ""));
    timeline.add(entry(B, timeline.here(), ""));
    timeline.moveTo(A);
    timeline.add(entry(C, timeline.here(), ""));

    assertThat(timeline.get(B).parent()).contains(A);
    assertThat(timeline.get(C).parent()).contains(A);
  }

  @Test
  void thePastOfOneThatHasMovedStandsBeforeItInTheOrderOfTime() {
    TimelineEntry came =
        TimelineEntry.plain(
            entry(C, Optional.empty(), "").checkpoint(),
            Optional.empty(),
            CheckpointKind.MIGRATE,
            true,
            DataSize.ofBytes(1));
    timeline.add(came);

    timeline.insert(entry(B, Optional.of(A), "b"), true); // what it follows on has not come yet
    timeline.insert(entry(A, Optional.empty(), "a"), false);

    assertThat(timeline.now().checkpoints())
        .containsExactly(
            entry(A, Optional.empty(), "a"),
            entry(B, Optional.empty(), "b"),
            came.after(Optional.of(B)));
    assertThat(timeline.here()).contains(C);
    assertThatThrownBy(() -> timeline.insert(entry(A, Optional.empty(), "b"), false))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NAME_TAKEN));
    assertThat(new VpsTimeline(WEB, file()).now()).isEqualTo(timeline.now());
  }

  @Test
  void aLabelNamesOneCheckpoint() {
    timeline.add(entry(A, Optional.empty(), "good"));
    timeline.add(entry(B, Optional.of(A), ""));

    assertThatThrownBy(
            () -> timeline.mark(B, Optional.of("good"), Optional.empty(), Optional.empty()))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NAME_TAKEN));
    timeline.mark(A, Optional.of("good"), Optional.of("again"), Optional.of(true));

    assertThat(new VpsTimeline(WEB, file()).get(A))
        .returns("again", TimelineEntry::note)
        .returns(true, TimelineEntry::pinned);
  }

  @Test
  void ofAVpsThatIsGoneWritesNothingForWhoeverHasItsNameNow() {
    timeline.add(entry(A, Optional.empty(), ""));
    timeline.end();

    assertThatThrownBy(() -> timeline.mark(A, Optional.of("x"), Optional.empty(), Optional.empty()))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    assertThat(new VpsTimeline(WEB, file()).get(A).label()).isEmpty();
  }

  @Test
  void saysThatACheckpointIsNotThere() {
    assertThatThrownBy(() -> timeline.get(A))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND))
        .hasMessageContaining("letargo timeline web1");
  }

  @Test
  void aChangeThatCannotBeWrittenIsNone() throws Exception {
    timeline.add(entry(A, Optional.empty(), ""));
    Files.delete(file());
    Files.delete(folder);

    assertThatThrownBy(() -> timeline.remove(A)).isInstanceOf(VpsException.class);

    assertThat(timeline.find(A)).isPresent();
    Files.createDirectory(folder);
  }

  private Path file() {
    return folder.resolve("timeline.json");
  }

  private static TimelineEntry entry(CheckpointId id, Optional<CheckpointId> parent, String label) {
    return new TimelineEntry(
        new CheckpointReport(id, Instant.EPOCH, DataSize.ofMebibytes(1), DataSize.ofMebibytes(2)),
        parent,
        CheckpointKind.MANUAL,
        true,
        label,
        "",
        false,
        DataSize.ofBytes(10),
        Duration.ofMillis(40));
  }
}
