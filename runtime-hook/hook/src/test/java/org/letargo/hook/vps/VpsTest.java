package org.letargo.hook.vps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.testing.Samples;

@Timeout(60)
class VpsTest {
  private static final OperationId FIRST = new OperationId("op-111111111111");
  private static final OperationId SECOND = new OperationId("op-222222222222");
  private static final VpsStatus RUNNING =
      new VpsStatus.Running(4711, Instant.parse("2026-01-31T23:59:59Z"));

  private static final CheckpointReport CHECKPOINT =
      new CheckpointReport(
          new CheckpointId("20260131-235959-0a1b2c3d"),
          Instant.EPOCH,
          DataSize.ofBytes(8),
          DataSize.ofBytes(9));

  @TempDir Path temporary;
  private VpsFolder folder;
  private final AtomicLong revisions = new AtomicLong(100);

  /** What a listener saw: in memory, on disk, and who was changing it. */
  private record Seen(VpsStatus status, VpsStatus onDisk, Optional<OperationId> change) {}

  private final List<Seen> seen = new ArrayList<>();
  private Vps vps;

  @BeforeEach
  void make() {
    folder = Samples.folder(temporary);
    DurableFiles.folder(folder.state(), "rwx------");
    vps =
        new Vps(
            folder,
            Samples.stored(),
            new VpsStatus.Stopped(),
            revisions::incrementAndGet,
            changed -> seen.add(new Seen(changed.status(), folder.readStatus(), changed.change())));
  }

  @Test
  void tellsInTheJournalWhatIsDoneToItAndForgetsItAfterwards() {
    CheckpointId checkpoint = new CheckpointId("20260131-235959-0a1b2c3d");

    try (Vps.Change _ = vps.begin(FIRST, JournalEntry.Kind.SUSPEND, Optional.of(checkpoint))) {
      assertThat(vps.change()).contains(FIRST);
      assertThat(folder.readJournal())
          .contains(new JournalEntry(FIRST, JournalEntry.Kind.SUSPEND, Optional.of(checkpoint)));
    }

    assertThat(vps.change()).isEmpty();
    assertThat(folder.readJournal()).isEmpty();
  }

  @Test
  void refusesASecondChangeAndNamesTheFirst() {
    try (Vps.Change _ = begin(FIRST)) {
      assertThatThrownBy(() -> begin(SECOND))
          .isInstanceOfSatisfying(
              VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.BUSY))
          .hasMessage(
              "cannot change VPS 'web1': operation op-111111111111 is still running on it."
                  + " Wait for it with 'letargo ops show op-111111111111', or cancel it.");
      assertThat(folder.readJournal().orElseThrow().operation()).isEqualTo(FIRST);
    }

    begin(SECOND).close();
  }

  @Test
  void makesAStatusDurableBeforeAnybodySeesIt() {
    try (Vps.Change change = begin(FIRST)) {
      change.become(RUNNING);
    }

    VpsStatus stopped = new VpsStatus.Stopped();
    assertThat(seen)
        .containsExactly(
            new Seen(stopped, stopped, Optional.of(FIRST)),
            new Seen(RUNNING, RUNNING, Optional.of(FIRST)),
            new Seen(RUNNING, RUNNING, Optional.empty()));
  }

  @Test
  void keepsItsStatusWhenTheNextCannotBeWritten() throws IOException {
    try (Vps.Change change = begin(FIRST)) {
      Path hidden = Files.move(folder.state(), temporary.resolve("hidden"));

      assertThatThrownBy(() -> change.become(RUNNING)).isInstanceOf(VpsException.class);

      assertThat(vps.status()).isEqualTo(new VpsStatus.Stopped());
      Files.move(hidden, folder.state());
    }
  }

  @Test
  void growsItsRevisionWithEverythingThatIsSeen() {
    List<Long> found = new ArrayList<>(List.of(vps.revision()));
    try (Vps.Change change = begin(FIRST)) {
      found.add(vps.revision());
      change.become(RUNNING);
      found.add(vps.revision());
    }
    found.add(vps.revision());

    assertThat(found).containsExactly(101L, 102L, 103L, 104L);
  }

  @Test
  void isFreeAgainWhenTheJournalCannotBeWritten() throws IOException {
    Path hidden = Files.move(folder.state(), temporary.resolve("hidden"));

    assertThatThrownBy(() -> begin(FIRST)).isInstanceOf(VpsException.class);

    Files.move(hidden, folder.state());
    begin(SECOND).close();
  }

  @Test
  void letsADeathWaitForTheChangeThatRuns() throws Exception {
    Vps.Change change = begin(FIRST);
    change.become(RUNNING);
    FutureTask<Optional<Vps.Change>> death =
        new FutureTask<>(() -> vps.beginDeath(SECOND, JournalEntry.Kind.STOP, 4711));
    Thread thread = Thread.ofPlatform().start(death);
    await().until(() -> thread.getState() == Thread.State.WAITING);

    change.close();

    try (Vps.Change _ = death.get(10, TimeUnit.SECONDS).orElseThrow()) {
      assertThat(vps.change()).contains(SECOND);
      assertThat(folder.readJournal())
          .contains(new JournalEntry(SECOND, JournalEntry.Kind.STOP, Optional.empty()));
    }
  }

  @Test
  void forgetsHowItWasResumedWhenItHasNoProcesses() {
    Resumed.Eagerly way = new Resumed.Eagerly("it was asked for");
    try (Vps.Change change = begin(FIRST)) {
      change.become(RUNNING, way);
      assertThat(vps.resumed()).contains(way);
      change.become(new VpsStatus.Paused(4711, Instant.EPOCH));
      assertThat(vps.resumed()).contains(way);

      change.become(new VpsStatus.Stopped());
    }

    assertThat(vps.resumed()).isEmpty();
  }

  @Test
  void saysHowMuchOfItsMemoryIsThere() {
    Resumed.Lazily some = new Resumed.Lazily(DataSize.ofBytes(8), DataSize.ofBytes(2));
    try (Vps.Change change = begin(FIRST)) {
      change.become(RUNNING, new Resumed.Lazily(DataSize.ofBytes(8), DataSize.ofBytes(8)));
    }
    long before = vps.revision();

    vps.loaded(some);

    assertThat(vps.resumed()).contains(some);
    assertThat(vps.revision()).isGreaterThan(before);
  }

  @Test
  void takesNoMemoryOnceItHasEnded() {
    Resumed.Lazily some = new Resumed.Lazily(DataSize.ofBytes(8), DataSize.ofBytes(2));
    try (Vps.Change change = begin(FIRST)) {
      change.become(RUNNING, some);
      change.become(new VpsStatus.Stopped());
    }
    long before = vps.revision();

    vps.loaded(some);

    assertThat(vps.resumed()).isEmpty();
    assertThat(vps.revision()).isEqualTo(before);
  }

  @Test
  void knowsWhereItsMemoryComesFromUntilItHasNoProcesses() {
    StillLoading loading = new StillLoading(CHECKPOINT);
    try (Vps.Change change = begin(FIRST)) {
      folder.writeStillLoading(loading);
      change.become(RUNNING);
      assertThat(folder.readStillLoading()).contains(loading);

      change.become(new VpsStatus.Suspended(CHECKPOINT));
    }

    assertThat(folder.readStillLoading()).isEmpty();
  }

  @Test
  void waitsUntilNoChangeRuns() throws Exception {
    assertThat(vps.awaitUnchanged(Duration.ZERO)).isTrue();

    try (Vps.Change _ = begin(FIRST)) {
      assertThat(vps.awaitUnchanged(Duration.ofMillis(1))).isFalse();
    }

    assertThat(vps.awaitUnchanged(Duration.ZERO)).isTrue();
  }

  @Test
  void takesNoDeathThatAChangeBroughtAbout() throws Exception {
    Vps.Change change = begin(FIRST);
    change.become(RUNNING);
    FutureTask<Optional<Vps.Change>> death =
        new FutureTask<>(() -> vps.beginDeath(SECOND, JournalEntry.Kind.STOP, 4711));
    Thread thread = Thread.ofPlatform().start(death);
    await().until(() -> thread.getState() == Thread.State.WAITING);

    change.become(new VpsStatus.Stopped());
    change.close();

    assertThat(death.get(10, TimeUnit.SECONDS)).isEmpty();
    assertThat(vps.change()).isEmpty();
  }

  @Test
  void takesNoDeathOfAnotherProcess() throws InterruptedException {
    try (Vps.Change change = begin(FIRST)) {
      change.become(RUNNING);
    }

    assertThat(vps.beginDeath(SECOND, JournalEntry.Kind.STOP, 4712)).isEmpty();
  }

  @Test
  void takesTheDeathOfAPausedProcess() throws InterruptedException {
    try (Vps.Change change = begin(FIRST)) {
      change.become(new VpsStatus.Paused(4711, Instant.EPOCH));
    }

    vps.beginDeath(SECOND, JournalEntry.Kind.STOP, 4711).orElseThrow().close();

    assertThat(vps.change()).isEmpty();
  }

  @Test
  void isFreeAgainWhenADeathCannotBeWrittenDown() throws Exception {
    try (Vps.Change change = begin(FIRST)) {
      change.become(RUNNING);
    }
    Path hidden = Files.move(folder.state(), temporary.resolve("hidden"));

    assertThatThrownBy(() -> vps.beginDeath(SECOND, JournalEntry.Kind.STOP, 4711))
        .isInstanceOf(VpsException.class);

    Files.move(hidden, folder.state());
    begin(SECOND).close();
  }

  @Test
  void cannotBeChangedOnceItIsGoneForItsNameMayBeAnothers() throws Exception {
    try (Vps.Change change = begin(FIRST)) {
      change.become(RUNNING);
      Files.move(folder.state(), temporary.resolve("leaving"));
      DurableFiles.folder(folder.state(), "rwx------"); // another VPS of that name
      folder.writeJournal(new JournalEntry(SECOND, JournalEntry.Kind.START, Optional.empty()));
      change.folderIsGone();
    }

    assertThat(vps.beginDeath(SECOND, JournalEntry.Kind.STOP, 4711)).isEmpty();
    assertThatThrownBy(() -> begin(SECOND))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    assertThat(folder.readJournal().orElseThrow().kind()).isEqualTo(JournalEntry.Kind.START);
  }

  private Vps.Change begin(OperationId operation) {
    return vps.begin(operation, JournalEntry.Kind.START, Optional.empty());
  }
}
