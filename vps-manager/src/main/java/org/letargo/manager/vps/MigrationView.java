package org.letargo.manager.vps;

import java.time.Instant;
import org.letargo.hook.protocol.Migration;

/**
 * Where a VPS stands between two hosts, as the API shows it; schema Migration.
 *
 * @param phase such as {@code handed-over}
 * @param says the same, for people
 */
public record MigrationView(String id, String phase, String peer, Instant since, String says) {
  static MigrationView of(Migration migration) {
    return new MigrationView(
        migration.id().value(),
        migration.phase().word(),
        migration.peer().name(),
        migration.since(),
        migration.sentence());
  }
}
