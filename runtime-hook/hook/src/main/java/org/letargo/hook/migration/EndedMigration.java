package org.letargo.hook.migration;

import java.time.Instant;
import java.util.Optional;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPeer;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.VpsName;

/**
 * How a migration to this host has ended.
 *
 * @param outcome OWNED or GIVEN_BACK
 * @param why what went wrong: of one that is owned, why it does not run
 */
record EndedMigration(
    MigrationId id,
    VpsName vps,
    MigrationPeer from,
    MigrationPhase outcome,
    Optional<Failure> why,
    Instant at) {
  EndedMigration {
    if (outcome != MigrationPhase.OWNED && outcome != MigrationPhase.GIVEN_BACK) {
      throw new IllegalArgumentException("a migration does not end as " + outcome);
    }
  }

  boolean isOwned() {
    return outcome == MigrationPhase.OWNED;
  }
}
