package org.letargo.hook.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.letargo.hook.protocol.Explanation;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.VpsProcess;

/**
 * What the engine's log says went wrong. Not every line with "Error" is a cause. A line of it may
 * hold names that programs of the VPS chose.
 */
public final class EngineLog {
  private static final Pattern ERROR =
      Pattern.compile("^\\([0-9.]+\\)\\s*(?:([0-9]+):\\s*)?Error \\([^)]*\\):\\s*(.*)$");

  private static final Pattern TASK =
      Pattern.compile("^\\([0-9.]+\\) Dumping task \\(pid: ([0-9]+) comm: (.*)\\)$");

  /** Lines that stand in the log of healthy runs, or that only repeat that it failed. */
  private static final List<String> HARMLESS =
      List.of(
          "rlimit: Can't setup RLIMIT_NOFILE",
          "Can't setup RLIMIT_NOFILE",
          "Dumping FAILED",
          "Restoring FAILED",
          "Unable to set resource limits",
          "container still running");

  private static final int MOST_ERRORS = 10;
  private static final int LINES_BEFORE = 3;
  private static final int LONGEST_LINE = 300;

  private EngineLog() {}

  /**
   * Explains a failed run.
   *
   * @param processes names a process of the VPS that the host counts so; asked where the log names
   *     one by the host's number
   * @return empty if there is no log or no error in it; an error that is not understood is an
   *     obstacle of kind UNKNOWN
   */
  public static Optional<Explanation> explain(
      Path log, LongFunction<Optional<VpsProcess>> processes) {
    if (!Files.exists(log)) {
      return Optional.empty();
    }
    Reading reading = new Reading(processes);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(log), StandardCharsets.ISO_8859_1))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        reading.take(line);
      }
    } catch (IOException e) {
      reading.error("the log " + log + " cannot be read: " + e.getMessage(), Optional.empty());
    }
    return reading.explanation();
  }

  /** The pass through one log. */
  private static final class Reading {
    private final LongFunction<Optional<VpsProcess>> processes;
    private final Deque<String> before = new ArrayDeque<>();
    private final List<String> kept = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final List<Obstacle> obstacles = new ArrayList<>();

    /** The task that is being dumped, by the host's number, and its command. */
    private long task;

    private String command = "";

    Reading(LongFunction<Optional<VpsProcess>> processes) {
      this.processes = processes;
    }

    void take(String line) {
      Matcher begins = TASK.matcher(line);
      if (begins.matches()) {
        task = Long.parseLong(begins.group(1));
        command = begins.group(2);
      }
      Matcher error = ERROR.matcher(line);
      boolean isCause = error.matches() && HARMLESS.stream().noneMatch(error.group(2)::contains);
      if (isCause && errors.contains(error.group(2).strip())) {
        return; // it was tried again
      }
      if (isCause && errors.size() < MOST_ERRORS) {
        kept.addAll(before);
        before.clear();
        kept.add(shortened(line));
        error(error.group(2).strip(), Optional.ofNullable(error.group(1)).map(Integer::valueOf));
      } else if (errors.isEmpty()) {
        before.add(shortened(line));
        if (before.size() > LINES_BEFORE) {
          before.remove();
        }
      }
    }

    /**
     * @param pid of the line of a restore: as the VPS counts
     */
    void error(String text, Optional<Integer> pid) {
      errors.add(text);
      LogCauses.of(text)
          .ifPresent(cause -> {
            Optional<VpsProcess> process =
                LogCauses.isOfAProcess(cause.kind()) ? process(cause, pid) : Optional.empty();
            obstacles.add(
                Obstacle.of(cause.kind(), process, cause.resource())
                    .because(cause.kind().reason() + " (the engine says: " + text + ")"));
          });
    }

    private Optional<VpsProcess> process(LogCauses.Cause cause, Optional<Integer> pid) {
      if (pid.isPresent()) {
        return Optional.of(new VpsProcess(pid.get(), ""));
      }
      long hostPid = cause.hostPid().orElse(task);
      if (hostPid == 0) {
        return Optional.empty();
      }
      return processes
          .apply(hostPid)
          .or(() -> hostPid == task ? Optional.of(new VpsProcess(0, command)) : Optional.empty());
    }

    Optional<Explanation> explanation() {
      if (errors.isEmpty()) {
        return Optional.empty();
      }
      if (obstacles.isEmpty()) {
        obstacles.add(
            Obstacle.of(ObstacleKind.UNKNOWN, Optional.empty(), Optional.empty())
                .because("the engine says: " + errors.getFirst()));
      }
      return Optional.of(new Explanation(obstacles.stream().distinct().toList(), kept));
    }

    private static String shortened(String line) {
      String shown = line.replaceAll("\\p{Cntrl}", "?");
      return shown.length() <= LONGEST_LINE ? shown : shown.substring(0, LONGEST_LINE) + "...";
    }
  }
}
