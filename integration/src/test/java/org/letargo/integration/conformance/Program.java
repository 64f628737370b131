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
  private static final int LONGEST_COMMAND = 15;

  /** What a program needs of its VPS. */
  enum Kind {
    /** Nothing: it is static, and runs in the smallest VPS. */
    C("tiny", 1000),
    /** Python, with libraries. */
    PYTHON("apps", 1000),
    /** An application that comes with the template of a first VPS. */
    APPLICATION("debian-12", 1000),
    /** One that does not. */
    HEAVY_APPLICATION("apps", 3);

    private final String template;
    private final int together;

    Kind(String template, int together) {
      this.template = template;
      this.together = together;
    }

    /** How many share a VPS at most: those that compute would starve each other. */
    int together() {
      return together;
    }

    String template() {
      return template;
    }
  }

  /**
   * Whether this is how the kernel calls its processes, which has room for 15 bytes; never true of
   * scripts, which it calls by their interpreter.
   */
  boolean isCalled(String command) {
    return kind == Kind.C
        && command.equals(name.substring(0, Math.min(name.length(), LONGEST_COMMAND)));
  }

  boolean isPossible() {
    return obstacle.isEmpty();
  }
}
