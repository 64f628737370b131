package org.letargo.hook.protocol;

import java.util.Optional;

/**
 * What a hook knows of a migration.
 *
 * @param vps the VPS as it stands; empty if it is not here
 * @param why for GIVEN_BACK: what went wrong; for OWNED: why it does not run; else empty
 */
public record MigrationReport(
    MigrationId id, MigrationPhase phase, Optional<VpsReport> vps, Optional<Failure> why) {
  /** Of a migration of which nothing is here. */
  public static MigrationReport unknown(MigrationId id) {
    return new MigrationReport(id, MigrationPhase.UNKNOWN, Optional.empty(), Optional.empty());
  }
}
