package org.letargo.integration.conformance;

import java.util.Optional;

/**
 * One row of the table.
 *
 * @param name its name as a command in the VPS, such as {@code tcp-half-closed}
 * @param group rows of one group stand together
 * @param shows in a few words, what survives if it passes
 * @param kind what it needs
 * @param obstacle the code by which preflight names what nobody can save; such a program must keep
 *     its VPS from being suspended, and go on as if nothing had been
 */
record Program(String name, String group, String shows, Kind kind, Optional<String> obstacle) {
  /** What a program needs of its VPS. */
  enum Kind {
    /** Nothing: it is static, and runs in the smallest VPS. */
    C("tiny"),
    /** Python, with libraries. */
    PYTHON("apps"),
    /** An application that comes with the template of a first VPS. */
    APPLICATION("debian-12"),
    /** One that does not. */
    HEAVY_APPLICATION("apps");

    private final String template;

    Kind(String template) {
      this.template = template;
    }

    String template() {
      return template;
    }
  }

  boolean isPossible() {
    return obstacle.isEmpty();
  }
}
