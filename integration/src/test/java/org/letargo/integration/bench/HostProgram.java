package org.letargo.integration.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs programs that may leave others behind, which would keep a pipe to us open: so all they say
 * goes to a file. They end by themselves.
 *
 * @param log where it goes
 * @param prefix what every command begins with
 * @param environment beside our own
 */
record HostProgram(Path log, List<String> prefix, Map<String, String> environment) {
  private static final File NULL = new File("/dev/null");

  HostProgram {
    prefix = List.copyOf(prefix);
    environment = Map.copyOf(environment);
  }

  /**
   * Runs it without input; another exit status than 0 fails.
   *
   * @return what it said
   */
  String run(String... arguments) {
    return run(List.of(arguments));
  }

  /** Likewise. */
  String run(List<String> arguments) {
    run(NULL, log.toFile(), arguments);
    return said();
  }

  /** Nothing that it says is kept: the container that it makes inherits where that goes to. */
  void runSilently(File input, List<String> arguments) {
    run(input, NULL, arguments);
  }

  private void run(File input, File output, List<String> arguments) {
    List<String> line = new ArrayList<>(prefix);
    line.addAll(arguments);
    try {
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .redirectInput(input)
              .redirectErrorStream(true)
              .redirectOutput(output);
      builder.environment().putAll(environment);
      int status = builder.start().waitFor();
      if (status != 0) {
        throw new AssertionError(
            String.join(" ", line) + " ended with status " + status + ": " + said());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private String said() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
