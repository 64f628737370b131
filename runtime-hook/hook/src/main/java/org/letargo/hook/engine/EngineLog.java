package org.letargo.hook.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the engine's log says went wrong. Not every line with "Error" is a cause. */
public final class EngineLog {
  private static final Pattern ERROR =
      Pattern.compile("^\\([0-9.]+\\)\\s*(?:[0-9]+:\\s*)?Error \\([^)]*\\):\\s*(.*)$");

  /** Lines that stand in the log of healthy runs, or that only repeat that it failed. */
  private static final List<String> HARMLESS =
      List.of(
          "rlimit: Can't setup RLIMIT_NOFILE",
          "Can't setup RLIMIT_NOFILE",
          "Dumping FAILED",
          "Restoring FAILED",
          "Unable to set resource limits",
          "container still running");

  private static final int MOST = 3;

  private EngineLog() {}

  /**
   * The first errors in the log, without time stamps and source lines, the likeliest cause first;
   * empty if there is no log or no error in it.
   */
  public static List<String> errors(Path log) {
    List<String> errors = new ArrayList<>();
    if (!Files.exists(log)) {
      return errors;
    }
    try (BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(Files.newInputStream(log), StandardCharsets.ISO_8859_1));
        Stream<String> lines = reader.lines()) {
      lines
          .map(ERROR::matcher)
          .filter(Matcher::matches)
          .map(matcher -> matcher.group(1).strip())
          .filter(error -> HARMLESS.stream().noneMatch(error::contains))
          .limit(MOST)
          .forEach(errors::add);
    } catch (IOException e) {
      errors.add("the log " + log + " cannot be read: " + e.getMessage());
    }
    return errors;
  }
}
