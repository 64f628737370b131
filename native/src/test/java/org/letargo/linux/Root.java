package org.letargo.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tests that mount or make devices need root. With {@code REQUIRE=all} in the environment they fail
 * without it.
 */
final class Root {
  private Root() {}

  static void required() {
    assumeTrue(isRoot() || "all".equals(System.getenv("REQUIRE")), "needs root");
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
