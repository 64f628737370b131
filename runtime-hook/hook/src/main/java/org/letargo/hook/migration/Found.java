package org.letargo.hook.migration;

import java.util.Optional;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.vps.Vps;

/**
 * What this host knows of a migration.
 *
 * @param vps the VPS, if it is here and in it
 * @param why what went wrong, if something did
 */
public record Found(
    MigrationId id, MigrationPhase phase, Optional<Vps> vps, Optional<Failure> why) {
  static Found unknown(MigrationId id) {
    return new Found(id, MigrationPhase.UNKNOWN, Optional.empty(), Optional.empty());
  }
}
