package org.letargo.integration.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Programs;

/**
 * Takes all programs through all scenarios and writes docs/conformance.md; {@code make conformance}
 * runs it. With names of programs as arguments it runs these only, prints what became of them, and
 * writes nothing; a name of a scenario among them leaves out the others. Exit status 1 if a program
 * failed.
 */
final class Conformance {
  private final Performance performance;
  private final Map<Program, EnumMap<Scenario, Outcome>> outcomes;

  private Conformance(Stage stage, Map<Program, EnumMap<Scenario, Outcome>> outcomes) {
    this.performance = new Performance(stage);
    this.outcomes = outcomes;
  }

  public static void main(String[] arguments) throws IOException {
    Set<String> wanted = new TreeSet<>(Arrays.asList(arguments));
    List<Scenario> scenarios =
        Arrays.stream(Scenario.values()).filter(each -> wanted.remove(each.name())).toList();
    boolean wantsAll = wanted.isEmpty();
    List<Program> programs =
        Payloads.all().stream()
            .filter(program -> wantsAll || wanted.remove(program.name()))
            .toList();
    if (!wanted.isEmpty()) {
      throw new IllegalArgumentException("there is no program or scenario " + wanted);
    }
    Map<Program, EnumMap<Scenario, Outcome>> outcomes = new LinkedHashMap<>();
    Map<Program, String> preflights = new LinkedHashMap<>();
    programs.forEach(program -> outcomes.put(program, new EnumMap<>(Scenario.class)));
    for (boolean withApplications : List.of(false, true)) {
      List<Program> some = only(programs, each -> isOfApps(each) == withApplications);
      if (!some.isEmpty()) {
        try (Stage stage = withApplications ? Stage.withApplications() : Stage.ordinary()) {
          Conformance conformance = new Conformance(stage, outcomes);
          conformance.run(some, scenarios.isEmpty() ? List.of(Scenario.values()) : scenarios);
          preflights.putAll(conformance.performance.preflights());
        }
      }
    }
    if (arguments.length == 0) {
      Files.writeString(
          ConformanceTable.file(), ConformancePage.of(machine(), outcomes, preflights));
      System.out.println("written: " + ConformanceTable.file());
    }
    boolean failed =
        outcomes.values().stream()
            .flatMap(found -> found.values().stream())
            .anyMatch(outcome -> outcome instanceof Outcome.Failed);
    System.exit(failed ? 1 : 0);
  }

  private void run(List<Program> programs, List<Scenario> scenarios) {
    for (Scenario scenario : scenarios) {
      for (Program.Kind kind : Program.Kind.values()) {
        tell(
            scenario,
            performance.run(
                scenario, only(programs, each -> each.isPossible() && each.kind() == kind)));
      }
    }
    List<Program> impossible = only(programs, program -> !program.isPossible());
    if (!impossible.isEmpty()) {
      tell(Scenario.SUSPEND_RESUME, performance.refuse(impossible));
    }
  }

  private static boolean isOfApps(Program program) {
    return program.kind().template().equals("apps");
  }

  private static List<Program> only(List<Program> programs, Predicate<Program> which) {
    return programs.stream().filter(which).toList();
  }

  private void tell(Scenario scenario, Map<Program, Outcome> found) {
    found.forEach((program, outcome) -> {
      System.out.println(scenario + " " + program.name() + " " + outcome);
      outcomes.get(program).put(scenario, outcome);
    });
  }

  private static String machine() throws IOException {
    String debian =
        Files.readAllLines(Path.of("/etc/os-release")).stream()
            .filter(line -> line.startsWith("PRETTY_NAME="))
            .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
            .findFirst()
            .orElse("Linux");
    String runc = HostCommand.run("runc", "--version").lines().findFirst().orElseThrow();
    String engine =
        HostCommand.run(Programs.engineFolder().resolve("bin/criu").toString(), "--version")
            .lines()
            .findFirst()
            .orElseThrow();
    boolean unified = Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
    return "%s, %s, kernel %s, %s, CRIU %s, control groups %s"
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            debian,
            System.getProperty("os.version").replaceFirst("-.*", ""),
            runc.replace("version ", ""),
            engine.replace("Version: ", ""),
            unified ? "of version 2" : "hybrid");
  }
}
