package org.letargo.hook.vps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPeer;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.testing.Samples;

/** Who may change a VPS that stands between two hosts. */
class VpsBetweenHostsTest {
  private static final MigrationId OWN = MigrationId.create();
  private static final Set<JournalEntry.Kind> OF_WHAT_IS_KEPT =
      EnumSet.of(JournalEntry.Kind.DESTROY, JournalEntry.Kind.FORGET, JournalEntry.Kind.EXPORT);

  @TempDir Path temporary;
  private VpsFolder folder;

  @BeforeEach
  void make() {
    folder = Samples.folder(temporary);
    DurableFiles.folder(folder.state(), "rwx------");
  }

  private Vps vps() {
    return new Vps(
        folder,
        Samples.stored(),
        new VpsStatus.Stopped(),
        new AtomicLong(100)::incrementAndGet,
        _ -> {});
  }

  private static Migration in(MigrationPhase phase) {
    return new Migration(
        OWN,
        phase,
        new MigrationPeer("host2", "2026-01-02T03:04:05Z"),
        Instant.EPOCH,
        Migration.Was.RUNNING,
        false,
        Optional.empty());
  }

  private static Vps.Change begin(Vps vps, JournalEntry.Kind kind) {
    return vps.begin(OperationId.create(), kind, Optional.empty());
  }

  private static Vps.Change beginOwn(Vps vps, MigrationId migration) {
    return vps.begin(OperationId.create(), JournalEntry.Kind.MIGRATE, Optional.empty(), migration);
  }

  @ParameterizedTest
  @EnumSource(MigrationPhase.class)
  void refusesWhatIsNotOfItsMigration(MigrationPhase phase) {
    folder.writeMigration(in(phase));
    Vps vps = vps();
    for (JournalEntry.Kind kind : JournalEntry.Kind.values()) {
      boolean allowed =
          phase == MigrationPhase.OWNED
              || phase == MigrationPhase.MOVED && OF_WHAT_IS_KEPT.contains(kind);
      if (allowed) {
        begin(vps, kind).close();
      } else {
        assertThatThrownBy(() -> begin(vps, kind))
            .as("%s while %s", kind, phase)
            .isInstanceOfSatisfying(
                VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.WRONG_STATE));
      }
      assertThat(vps.change()).isEmpty();
      assertThat(folder.readJournal()).isEmpty();
    }
  }

  @Test
  void saysWhereItGoesAndSinceWhen() {
    folder.writeMigration(in(MigrationPhase.HANDED_OVER));

    assertThatThrownBy(() -> begin(vps(), JournalEntry.Kind.RESUME))
        .hasMessage(
            "cannot resume VPS 'web1': it was handed over to host 'host2', which has not said yet"
                + " that it has it (since 1970-01-01T00:00:00Z). It goes on by itself when that"
                + " host answers. If that host is gone for good: 'letargo migrate --take-back"
                + " web1'.");
  }

  @Test
  void letsTheStepsOfItsMigrationIn() {
    folder.writeMigration(in(MigrationPhase.LEAVING));
    Vps vps = vps();

    try (Vps.Change change = beginOwn(vps, OWN)) {
      change.migrating(Optional.of(in(MigrationPhase.HANDED_OVER)));
    }

    assertThat(vps.migration()).contains(in(MigrationPhase.HANDED_OVER));
    assertThat(folder.readMigration()).isEqualTo(vps.migration());
    assertThat(vps().migration()).as("after a restart").isEqualTo(vps.migration());
  }

  @Test
  void isSimplyHereWhenItsMigrationIsOver() {
    folder.writeMigration(in(MigrationPhase.LEAVING));
    Vps vps = vps();
    try (Vps.Change change = beginOwn(vps, OWN)) {
      change.migrating(Optional.empty());
    }

    assertThat(folder.readMigration()).isEmpty();
    begin(vps, JournalEntry.Kind.START).close();
    assertThatThrownBy(() -> beginOwn(vps, OWN))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
  }

  @Test
  void knowsTheStepsOfAnotherMigrationApart() {
    folder.writeMigration(in(MigrationPhase.LEAVING));
    Vps vps = vps();

    assertThatThrownBy(() -> beginOwn(vps, MigrationId.create()))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    assertThat(vps.change()).isEmpty();
  }
}
