package org.letargo.integration.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Holds what docs/conformance.md says, for all programs that need nothing but the templates that
 * ship with Letargo: what is listed as passing passes, what is listed as refused is refused. {@code
 * make conformance} runs the others too, and writes the page.
 */
class ConformanceIT {
  private static ConformanceTable table;
  private static Stage stage;
  private static Performance performance;

  @BeforeAll
  static void readsTheTable() {
    table = ConformanceTable.read();
    stage = Stage.ordinary();
    performance = new Performance(stage);
  }

  @AfterAll
  static void endsTheHosts() {
    stage.close();
  }

  @Test
  void listsEveryProgram() {
    assertThat(Payloads.all())
        .hasSizeGreaterThan(100)
        .allSatisfy(
            program -> assertThat(table.lists(program)).as(program.name() + " is listed").isTrue());
  }

  @ParameterizedTest
  @EnumSource
  void whatIsListedAsPassingPasses(Scenario scenario) {
    for (Program.Kind kind : List.of(Program.Kind.C, Program.Kind.APPLICATION)) {
      List<Program> programs =
          only(program -> program.kind() == kind && table.saysPasses(program, scenario));

      assertThat(failures(performance.run(scenario, programs), Outcome.Passed.class)).isEmpty();
    }
  }

  /** Where nothing is lost, nothing is said to be; where something is, and has a sign, it is. */
  @Test
  void aPreflightSaysWhatIsListed() {
    List<Program> programs =
        only(program -> program.kind() == Program.Kind.C && program.isPossible());

    Map<Program, String> found = performance.preflight(programs);

    assertThat(found).hasSizeGreaterThan(100);
    found.forEach(
        (program, said) -> assertThat(said).as(program.name()).isEqualTo(table.preflight(program)));
  }

  @Test
  void whatIsListedAsRefusedIsRefused() {
    List<Program> programs = only(program -> !program.isPossible() && table.saysRefused(program));

    assertThat(programs).hasSizeGreaterThan(10);
    assertThat(failures(performance.refuse(programs), Outcome.Refused.class)).isEmpty();
  }

  private static List<Program> only(Predicate<Program> which) {
    return Payloads.all().stream().filter(which).toList();
  }

  private static List<String> failures(
      Map<Program, Outcome> outcomes, Class<? extends Outcome> wanted) {
    List<String> failures = new ArrayList<>();
    outcomes.forEach((program, outcome) -> {
      if (!wanted.isInstance(outcome)) {
        failures.add(program.name() + " " + outcome);
      }
    });
    if (!failures.isEmpty()) {
      System.out.println(stage.logs());
    }
    return failures;
  }
}
