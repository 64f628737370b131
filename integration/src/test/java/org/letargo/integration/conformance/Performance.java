package org.letargo.integration.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.letargo.integration.Obstacles;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Vps;

/**
 * Takes programs through scenarios, many in one VPS at a time. Before the first one of all, a
 * preflight looks at them: of what can be saved nothing may block, of what cannot it names the
 * obstacle.
 */
final class Performance {
  private static final Scenario WITH_A_PREFLIGHT = Scenario.SUSPEND_RESUME;
  private static final Duration LONGEST_PASSING = Duration.ofSeconds(10);

  private final Stage stage;
  private final Map<Program, String> preflights = new LinkedHashMap<>();
  private int created;

  Performance(Stage stage) {
    this.stage = stage;
  }

  /**
   * What preflights said of programs that can be saved: {@code clean}, or the codes of what is
   * lost. Of an application only whether it blocks is told apart.
   */
  Map<Program, String> preflights() {
    return Collections.unmodifiableMap(preflights);
  }

  /** Starts C programs in one VPS and lets a preflight look at them. */
  Map<Program, String> preflight(List<Program> programs) {
    Vps vps = create(WITH_A_PREFLIGHT, Program.Kind.C.template());
    try {
      Map<Program, Outcome> ended = Payloads.start(vps, programs);
      return lookedAt(
          vps, programs.stream().filter(program -> !ended.containsKey(program)).toList());
    } finally {
      stage.sweep();
    }
  }

  private static Map<Program, String> lookedAt(Vps vps, List<Program> ready) {
    JsonNode found = clearPreflight(vps);
    return ready.stream()
        .collect(Collectors.toMap(program -> program, program -> lost(program, found)));
  }

  /**
   * Runs programs that need the same template through a scenario. If their VPS cannot be taken
   * through it, they are run again by halves, until those to blame are alone.
   */
  Map<Program, Outcome> run(Scenario scenario, List<Program> programs) {
    Map<Program, Outcome> outcomes = new LinkedHashMap<>();
    if (programs.isEmpty()) {
      return outcomes;
    }
    int most = programs.getFirst().kind().together();
    if (programs.size() > most) {
      outcomes.putAll(run(scenario, programs.subList(0, most)));
      outcomes.putAll(run(scenario, programs.subList(most, programs.size())));
      return outcomes;
    }
    try {
      return together(scenario, programs);
    } catch (AssertionError e) {
      System.out.printf("%s with %d programs: %s%n", scenario, programs.size(), e.getMessage());
      if (programs.size() == 1) {
        outcomes.put(programs.getFirst(), new Outcome.Failed(oneLine(e.getMessage())));
        return outcomes;
      }
    }
    int half = programs.size() / 2;
    outcomes.putAll(run(scenario, programs.subList(0, half)));
    outcomes.putAll(run(scenario, programs.subList(half, programs.size())));
    return outcomes;
  }

  private Map<Program, Outcome> together(Scenario scenario, List<Program> programs) {
    Vps vps = create(scenario, programs.getFirst().kind().template());
    try {
      Map<Program, Outcome> outcomes = new LinkedHashMap<>(Payloads.start(vps, programs));
      List<Program> ready = new ArrayList<>(programs);
      ready.removeAll(outcomes.keySet());
      if (scenario == WITH_A_PREFLIGHT) {
        preflights.putAll(lookedAt(vps, ready));
      }
      Vps after = scenario.run(stage, vps);
      outcomes.putAll(Payloads.go(after, ready));
      return outcomes;
    } finally {
      stage.sweep();
    }
  }

  /** What passes within moments may block for moments, as a suspend waits for it, too. */
  private static JsonNode clearPreflight(Vps vps) {
    JsonNode[] found = new JsonNode[1];
    Awaitility.await("a preflight of which nothing blocks")
        .atMost(LONGEST_PASSING)
        .untilAsserted(() -> {
          found[0] = vps.preflight();
          assertThat(Obstacles.lines(found[0], "blocks")).isEmpty();
        });
    return found[0];
  }

  private static String lost(Program program, JsonNode found) {
    String codes =
        found
            .path("obstacles")
            .valueStream()
            .filter(obstacle -> obstacle.path("severity").asText().equals("lost"))
            .filter(obstacle -> program.isCalled(obstacle.at("/process/command").asText()))
            .map(obstacle -> "`" + obstacle.path("code").asText() + "`")
            .distinct()
            .collect(Collectors.joining(", "));
    return codes.isEmpty() ? ConformancePage.CLEAN : "lost: " + codes;
  }

  private Vps create(Scenario scenario, String template) {
    Instance instance = scenario.begins(stage);
    String name = "play" + created++;
    instance
        .api()
        .run(
            "POST",
            "/v1/vps",
            Map.of(
                "name",
                name,
                "template",
                template,
                "memoryBytes",
                3L << 30,
                "cpus",
                2,
                "pids",
                4096));
    Vps vps = instance.vps(name);
    vps.start();
    if (!template.equals("tiny")) {
      vps.awaitSystemd();
    }
    Payloads.install(vps);
    return vps;
  }

  /**
   * Suspends a VPS once for each program, which a preflight must foretell and which must be refused
   * each time, and once without any, which must not.
   */
  Map<Program, Outcome> refuse(List<Program> programs) {
    Map<Program, Outcome> outcomes = new LinkedHashMap<>();
    Vps vps = create(Scenario.SUSPEND_RESUME, Program.Kind.C.template());
    try {
      for (Program program : programs) {
        outcomes.put(program, refuse(vps, program));
        if (vps.state().equals("running")) {
          Payloads.stop(vps);
        } else {
          stage.sweep();
          vps = create(Scenario.SUSPEND_RESUME, Program.Kind.C.template());
        }
      }
      vps.suspend();
      vps.resume();
      return outcomes;
    } finally {
      stage.sweep();
    }
  }

  private static Outcome refuse(Vps vps, Program program) {
    Map<Program, Outcome> ended = Payloads.start(vps, List.of(program));
    if (!ended.isEmpty()) {
      return ended.get(program);
    }
    List<String> foretold = Obstacles.lines(vps.preflight(), "blocks");
    String code = program.obstacle().orElseThrow() + " ";
    if (foretold.stream().noneMatch(line -> line.startsWith(code))) {
      return new Outcome.Failed("a preflight says " + foretold);
    }
    Failure failure;
    try {
      failure = vps.fails("suspend");
    } catch (AssertionError e) {
      return new Outcome.Failed("the suspend was not refused");
    }
    Outcome after = Payloads.go(vps, List.of(program)).get(program);
    return after instanceof Outcome.Passed
        ? new Outcome.Refused(oneLine(failure.why()))
        : new Outcome.Failed("after the refusal: " + after);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
