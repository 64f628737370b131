package org.letargo.hook.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPeer;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.VpsName;

class EndedMigrationsTest {
  private static final MigrationPeer FROM = new MigrationPeer("host1", "2026-01-02T03:04:05Z");

  @TempDir Path state;

  private static EndedMigration ended(MigrationPhase outcome, int second) {
    return new EndedMigration(
        MigrationId.create(),
        new VpsName("web1"),
        FROM,
        outcome,
        Optional.of(new Failure(Code.RESUME_FAILED, "what", "why", "remedy")),
        Instant.ofEpochSecond(second));
  }

  @Test
  void remembersOverARestartUntilItIsToForget() {
    EndedMigration owned = ended(MigrationPhase.OWNED, 1);
    EndedMigration givenBack = ended(MigrationPhase.GIVEN_BACK, 2);
    EndedMigrations first = new EndedMigrations(state);
    first.put(owned);
    first.put(givenBack);

    EndedMigrations second = new EndedMigrations(state);

    assertThat(second.find(owned.id())).contains(owned);
    assertThat(second.isOwned(owned.id())).isTrue();
    assertThat(second.find(givenBack.id())).contains(givenBack);
    assertThat(second.isOwned(givenBack.id())).isFalse();
    second.forget(owned.id());
    second.forget(owned.id());
    assertThat(new EndedMigrations(state).find(owned.id())).isEmpty();
  }

  /** A source that hears "unknown" takes it back. */
  @Test
  void neverForgetsByItselfWhatIsOwned() {
    EndedMigrations notes = new EndedMigrations(state);
    List<EndedMigration> owned = new ArrayList<>();
    List<EndedMigration> givenBack = new ArrayList<>();
    for (int second = 0; second < 120; second++) {
      owned.add(ended(MigrationPhase.OWNED, second));
      notes.put(owned.getLast());
      givenBack.add(ended(MigrationPhase.GIVEN_BACK, second));
      notes.put(givenBack.getLast());
    }

    assertThat(owned).allSatisfy(each -> assertThat(notes.isOwned(each.id())).isTrue());
    assertThat(givenBack.stream().filter(each -> notes.find(each.id()).isPresent()))
        .containsExactlyElementsOf(givenBack.subList(20, 120));
  }

  @Test
  void nothingElseIsAnEnd() {
    assertThatThrownBy(() -> ended(MigrationPhase.ARRIVING, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
