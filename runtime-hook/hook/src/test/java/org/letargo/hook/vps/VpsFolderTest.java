package org.letargo.hook.vps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.testing.Samples;

class VpsFolderTest {
  private static final CheckpointId CHECKPOINT = new CheckpointId("20260131-235959-0a1b2c3d");
  private static final Instant WHEN = Instant.parse("2026-01-31T23:59:59.123456789Z");

  @TempDir Path temporary;
  private VpsFolder folder;

  @BeforeEach
  void make() {
    folder = Samples.folder(temporary);
    DurableFiles.folder(folder.state(), "rwx------");
  }

  @Test
  void keepsWhatAVpsIs() {
    StoredVps stored =
        new StoredVps(
            Samples.spec(
                Samples.WEB1, PublishedPort.parse("8080:80"), PublishedPort.parse("53:53/udp")),
            Samples.HOST_ID_BASE,
            "sha256:abc");

    folder.writeSpec(stored);

    assertThat(folder.readSpec()).isEqualTo(stored);
  }

  @Test
  void keepsEveryStatus() {
    CheckpointReport checkpoint =
        new CheckpointReport(CHECKPOINT, WHEN, DataSize.ofBytes(1L << 40), DataSize.ofBytes(7));
    for (VpsStatus status :
        new VpsStatus[] {
          new VpsStatus.Stopped(),
          new VpsStatus.Running(4711, WHEN),
          new VpsStatus.Paused(4711, WHEN),
          new VpsStatus.Suspended(checkpoint)
        }) {
      folder.writeStatus(status);

      assertThat(folder.readStatus()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsWhatComesAfterABoot(AfterBoot.Was was) {
    assertThat(folder.readAfterBoot()).isEmpty();

    folder.writeAfterBoot(new AfterBoot(was));
    assertThat(folder.readAfterBoot()).contains(new AfterBoot(was));

    folder.clearAfterBoot();
    assertThat(folder.readAfterBoot()).isEmpty();
  }

  @Test
  void isStoppedUntilAnythingElseWasWritten() {
    assertThat(folder.readStatus()).isEqualTo(new VpsStatus.Stopped());
  }

  @ParameterizedTest
  @EnumSource
  void keepsAJournalOfEveryKind(JournalEntry.Kind kind) {
    for (Optional<CheckpointId> checkpoint :
        List.of(Optional.of(CHECKPOINT), Optional.<CheckpointId>empty())) {
      JournalEntry entry = new JournalEntry(OperationId.create(), kind, checkpoint);

      folder.writeJournal(entry);

      assertThat(folder.readJournal()).contains(entry);
    }
    folder.clearJournal();
    folder.clearJournal();
    assertThat(folder.readJournal()).isEmpty();
  }

  @Test
  void refusesAStatusThatNobodyKnows() throws IOException {
    Files.writeString(folder.state().resolve("state.json"), "{\"state\":\"dreaming\"}");

    assertThatThrownBy(folder::readStatus)
        .isInstanceOf(VpsException.class)
        .hasMessageStartingWith("cannot read " + folder.state().resolve("state.json") + ": ");
  }

  @Test
  void putsEverythingWhereItBelongs() {
    Path state = temporary.resolve("state/vps/web1");
    Path run = temporary.resolve("run/vps/web1");

    assertThat(folder.state()).isEqualTo(state);
    assertThat(folder.upper()).isEqualTo(state.resolve("disk/upper"));
    assertThat(folder.consoleLog()).isEqualTo(state.resolve("console.log"));
    assertThat(folder.timeline()).isEqualTo(state.resolve("timeline.json"));
    assertThat(folder.images()).isEqualTo(state.resolve("images"));
    assertThat(folder.log("suspend")).isEqualTo(state.resolve("log/suspend"));
    assertThat(folder.rootfs()).isEqualTo(run.resolve("rootfs"));
    assertThat(folder.engineOptions()).isEqualTo(run.resolve("engine.conf"));
    assertThat(folder.engineAction()).isEqualTo(temporary.resolve("run/relay.d/web1"));
  }

  @Test
  void isTheSameVpsUnderAnotherName() {
    VpsFolder making = folder.at(temporary.resolve("state/vps/.creating-web1"));

    assertThat(making.upper()).isEqualTo(temporary.resolve("state/vps/.creating-web1/disk/upper"));
    assertThat(making.run()).isEqualTo(folder.run());
    assertThat(making.name()).isEqualTo(Samples.WEB1);
  }
}
