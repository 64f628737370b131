package org.letargo.integration.conformance;

import java.util.Map;
import java.util.Optional;

/** Why programs cannot pass, as far as people have found out, and where the engine tells of it. */
final class KnownGaps {
  private static final Map<String, String> WHY = Map.of();

  private KnownGaps() {}

  static Optional<String> why(Program program) {
    return Optional.ofNullable(WHY.get(program.name()));
  }
}
