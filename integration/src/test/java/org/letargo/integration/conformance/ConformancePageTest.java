package org.letargo.integration.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConformancePageTest {
  private static final Program PIPE =
      new Program("pipe", "pipes", "pipes with data", Program.Kind.C, Optional.empty());
  private static final Program PERSONALITY =
      new Program("personality", "processes", "personality", Program.Kind.C, Optional.empty());
  private static final Program TRACED =
      new Program("traced", "processes", "a debugger", Program.Kind.C, Optional.of("traced"));

  private final Map<Program, EnumMap<Scenario, Outcome>> outcomes = new LinkedHashMap<>();

  private String page() {
    add(PIPE, Scenario.SUSPEND_RESUME, new Outcome.Passed());
    add(PIPE, Scenario.ANOTHER_HOST, new Outcome.Failed("a | b"));
    add(PERSONALITY, Scenario.SUSPEND_RESUME, new Outcome.Failed("it is 0"));
    add(TRACED, Scenario.SUSPEND_RESUME, new Outcome.Refused("zombie found"));
    return ConformancePage.of("a machine", outcomes, Map.of(PIPE, "clean"));
  }

  private void add(Program program, Scenario scenario, Outcome outcome) {
    outcomes.computeIfAbsent(program, each -> new EnumMap<>(Scenario.class)).put(scenario, outcome);
  }

  @Test
  void isReadBackAsItWasMeant() {
    ConformanceTable table = ConformanceTable.of(page().lines());

    assertThat(table.lists(PIPE)).isTrue();
    assertThat(table.saysPasses(PIPE, Scenario.SUSPEND_RESUME)).isTrue();
    assertThat(table.saysPasses(PIPE, Scenario.THREE_GENERATIONS)).isFalse();
    assertThat(table.saysPasses(PIPE, Scenario.ANOTHER_HOST)).isFalse();
    assertThat(table.saysPasses(PERSONALITY, Scenario.SUSPEND_RESUME)).isFalse();
    assertThat(table.preflight(PIPE)).isEqualTo("clean");
    assertThat(table.preflight(PERSONALITY)).isEqualTo("not run");
    assertThat(table.saysRefused(TRACED)).isTrue();
    assertThat(table.saysRefused(PIPE)).isFalse();
  }

  @Test
  void groupsProgramsAndTellsWhyOneFails() {
    assertThat(page())
        .contains("## Pipes")
        .contains(
            "| `pipe` | pipes with data | passes | not run | **fails** | not run | not run | clean |")
        .contains("- `pipe`, on another host: a \\| b.\n")
        .contains("- `personality`, suspend, resume: it is 0. CRIU does not save it.\n")
        .contains("| `traced` | a debugger | refused | `traced` | zombie found |");
  }
}
