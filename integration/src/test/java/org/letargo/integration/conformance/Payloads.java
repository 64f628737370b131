package org.letargo.integration.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.letargo.integration.harness.ExecResult;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Programs;
import org.letargo.integration.harness.Vps;

/**
 * The programs of the table as they lie in src/test/payload, and their conductor, which starts and
 * asks them inside a VPS. C programs are built into one by the Makefile there; Python programs and
 * the scripts of applications tell what they are in their first lines:
 *
 * <pre>
 * # group: applications
 * # shows: redis with a client
 * # heavy: yes
 * </pre>
 */
final class Payloads {
  private static final String FOLDER = "/usr/lib/payloads/";
  private static final String CONDUCTOR = FOLDER + "payloads";
  private static final Pattern HEADER = Pattern.compile("^# (group|shows|heavy): (.*)$");
  private static final int HEADER_LINES = 10;

  private Payloads() {}

  private static Path sources() {
    return Programs.repository().resolve("integration/src/test/payload");
  }

  private static Path built() {
    return Programs.repository().resolve("integration/target/conformance/payloads");
  }

  /** All there are, by kind and name. */
  static List<Program> all() {
    List<Program> all = new ArrayList<>();
    HostCommand.run(built().toString(), "list").lines().map(Payloads::ofLine).forEach(all::add);
    all.addAll(scripts("python", Program.Kind.PYTHON));
    all.addAll(scripts("applications", Program.Kind.APPLICATION));
    return List.copyOf(all);
  }

  private static Program ofLine(String line) {
    String[] words = line.split("\t", -1);
    return new Program(
        words[0],
        words[1],
        words[2],
        Program.Kind.C,
        Optional.of(words[3]).filter(code -> !code.isEmpty()));
  }

  private static List<Program> scripts(String folder, Program.Kind kind) {
    try (Stream<Path> found = Files.list(sources().resolve(folder))) {
      return found.filter(Files::isExecutable).sorted().map(path -> ofScript(path, kind)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Program ofScript(Path script, Program.Kind kind) {
    Map<String, String> header = new LinkedHashMap<>();
    try (Stream<String> lines = Files.lines(script)) {
      lines
          .limit(HEADER_LINES)
          .map(HEADER::matcher)
          .filter(Matcher::matches)
          .forEach(matcher -> header.put(matcher.group(1), matcher.group(2)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!header.containsKey("group") || !header.containsKey("shows")) {
      throw new AssertionError(script + " must say its group and what it shows");
    }
    return new Program(
        script.getFileName().toString(),
        header.get("group"),
        header.get("shows"),
        header.containsKey("heavy") ? Program.Kind.HEAVY_APPLICATION : kind,
        Optional.empty());
  }

  /** Puts all programs and the conductor into a VPS. */
  static void install(Vps vps) {
    vps.sh("mkdir -p " + FOLDER);
    try {
      vps.install(CONDUCTOR, Files.readAllBytes(built()), "755");
      vps.sh(CONDUCTOR + " install");
      for (String folder : List.of("python", "applications")) {
        try (Stream<Path> scripts = Files.list(sources().resolve(folder))) {
          for (Path script : scripts.filter(Files::isRegularFile).toList()) {
            vps.install(FOLDER + script.getFileName(), Files.readAllBytes(script), "755");
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts programs and waits until they are prepared.
   *
   * @return those that are not, with how they ended
   */
  static Map<Program, Outcome> start(Vps vps, List<Program> programs) {
    Map<Program, Outcome> ended = new LinkedHashMap<>();
    conduct(vps, "start", programs)
        .forEach((program, said) -> {
          if (!said.equals("ready")) {
            ended.put(program, Outcome.parse(said));
          }
        });
    return ended;
  }

  /** Lets programs that are prepared check themselves. */
  static Map<Program, Outcome> go(Vps vps, List<Program> programs) {
    Map<Program, Outcome> outcomes = new LinkedHashMap<>();
    conduct(vps, "go", programs)
        .forEach((program, said) -> outcomes.put(program, Outcome.parse(said)));
    return outcomes;
  }

  /** Kills what is left of all. */
  static void stop(Vps vps) {
    vps.sh(CONDUCTOR + " stop");
  }

  private static Map<Program, String> conduct(Vps vps, String verb, List<Program> programs) {
    Map<Program, String> said = new LinkedHashMap<>();
    if (programs.isEmpty()) {
      return said;
    }
    List<String> command = new ArrayList<>(List.of(CONDUCTOR, verb));
    programs.forEach(program -> command.add(program.name()));
    ExecResult result = vps.exec(command.toArray(String[]::new));
    Map<String, String> lines = new LinkedHashMap<>();
    result
        .text()
        .lines()
        .map(line -> line.split("\t", 2))
        .forEach(words -> lines.put(words[0], words[1]));
    for (Program program : programs) {
      if (!lines.containsKey(program.name())) {
        throw new AssertionError(
            "the conductor said nothing of %s: status %d, %s %s"
                .formatted(program.name(), result.status(), result.text(), result.errorText()));
      }
      said.put(program, lines.get(program.name()));
    }
    return said;
  }
}
