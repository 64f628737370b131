package org.letargo.linux;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where {@code letargo-relay} is. The launchers and the build name it by the system property
 * {@value #PROPERTY}; without it, it is looked for where the install script puts it.
 */
public final class RelayProgram {
  /** The system property that holds the program's path. */
  public static final String PROPERTY = "letargo.relay";

  private static final Path INSTALLED = Path.of("/opt/letargo/bin/letargo-relay");

  private RelayProgram() {}

  /**
   * The program's absolute path.
   *
   * @throws IllegalStateException if there is no such program, with what to do
   */
  public static Path path() {
    String configured = System.getProperty(PROPERTY, "");
    Path program = configured.isEmpty() ? INSTALLED : Path.of(configured).toAbsolutePath();
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException(
          "cannot find letargo-relay: '"
              + program
              + "' is no program. Install it with 'make run', or name it with -D"
              + PROPERTY
              + "=PATH.");
    }
    return program;
  }
}
