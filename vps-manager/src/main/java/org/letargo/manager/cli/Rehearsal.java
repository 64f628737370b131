package org.letargo.manager.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/**
 * Runs many commands in one process, for a JVM that notes which classes they need (JEP 514): a
 * cache of them makes each command start faster. It needs a manager at {@code LETARGO_URL}, changes
 * nothing there, prints nothing, and does not mind that commands fail. Called by the script {@code
 * rehearse}.
 */
final class Rehearsal {
  private static final List<List<String>> COMMAND_LINES =
      List.of(
          List.of("token", "list"),
          List.of("list"),
          List.of("--json", "list"),
          List.of("status", "web1"),
          List.of("ops"),
          List.of("template", "list"),
          List.of("host", "info"),
          List.of("suspend", "web1", "--help"),
          List.of("--help"),
          List.of("completion", "bash"),
          List.of("suspnd", "web1")); // a slip

  private Rehearsal() {}

  public static void main(String[] arguments) {
    Environment process = Environment.ofProcess();
    run(
        new Environment(
            process.variables(),
            process.home(),
            Path.of("/nonexistent"),
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            process.terminal(),
            Clock.systemUTC()));
  }

  static void run(Environment environment) {
    COMMAND_LINES.forEach(line -> LetargoCli.run(environment, line.toArray(String[]::new)));
  }
}
