package org.letargo.integration.conformance;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Makes docs/conformance.md of the outcomes of a run. */
final class ConformancePage {
  static final String REFUSED = "refused";
  static final String PASSES = "passes";
  static final String CLEAN = "clean";

  private ConformancePage() {}

  /**
   * The page.
   *
   * @param outcomes of those scenarios that a program went through
   * @param preflights what a preflight said of each that can be saved
   */
  static String of(
      String machine,
      Map<Program, EnumMap<Scenario, Outcome>> outcomes,
      Map<Program, String> preflights) {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # What survives

        Written by `make conformance`; the tests of `make test` hold it. A *program* prepares a state in a VPS, waits while the VPS goes through a scenario, and checks
        itself: C programs (`integration/src/test/payload/`) in a VPS of template `tiny`, Python programs and the larger applications in one of Debian 12 with these
        applications installed, the smaller ones in `debian-12` as it is.

        | scenario | what happens to the VPS |
        |---|---|
        | suspend, resume | once |
        | three times | suspended and resumed three times in a row |
        | on another host | suspended, exported, destroyed; the archive imported and resumed on a host that knows nothing of it |
        | checkpoint, runs on | frozen and saved once, and let go: what a program notices of a checkpoint |
        | refused, runs on | frozen and saved; then the checkpoint is refused, and the VPS goes on where it stood |

        The column *preflight* is what `letargo preflight` says before the first suspend: `clean` is nothing that blocks and nothing of this program that is lost. Where
        something of a program that can be saved blocks, or what cannot be saved is not named by its code, this page has **fails**: of all programs there is no false alarm, and none is missed.
        What a preflight cannot see is lost without a word; it stands at the end.

        """);
    page.append("This run: ").append(machine).append(".\n");
    Map<String, List<Program>> groups =
        outcomes.keySet().stream()
            .filter(Program::isPossible)
            .collect(Collectors.groupingBy(Program::group, TreeMap::new, Collectors.toList()));
    groups.forEach((group, programs) -> group(page, group, programs, outcomes, preflights));
    impossible(page, outcomes);
    remarks(page, outcomes);
    return page.toString();
  }

  private static void group(
      StringBuilder page,
      String group,
      List<Program> programs,
      Map<Program, EnumMap<Scenario, Outcome>> outcomes,
      Map<Program, String> preflights) {
    page.append("\n## ").append(Character.toUpperCase(group.charAt(0))).append(group.substring(1));
    page.append("\n\n| program | what it shows |");
    for (Scenario scenario : Scenario.values()) {
      page.append(' ').append(scenario.title()).append(" |");
    }
    page.append(" preflight |\n|---|---|---|");
    page.append("---|".repeat(Scenario.values().length)).append('\n');
    for (Program program : programs) {
      page.append("| `%s` | %s |".formatted(program.name(), program.shows()));
      for (Scenario scenario : Scenario.values()) {
        page.append(' ').append(word(outcomes.get(program).get(scenario))).append(" |");
      }
      page.append(' ').append(preflights.getOrDefault(program, "not run")).append(" |\n");
    }
  }

  private static String word(Outcome outcome) {
    return switch (outcome) {
      case null -> "not run";
      case Outcome.Passed _ -> PASSES;
      case Outcome.Failed _ -> "**fails**";
      case Outcome.Absent _ -> "not here";
      case Outcome.Refused _ -> REFUSED;
    };
  }

  private static void impossible(
      StringBuilder page, Map<Program, EnumMap<Scenario, Outcome>> outcomes) {
    page.append(
        """

        ## What nobody can save

        A preflight names the obstacle, a suspend is refused, the VPS runs on, and the program goes on undisturbed.

        | program | what it is | suspend | preflight | what the user is told |
        |---|---|---|---|---|
        """);
    outcomes.forEach((program, found) ->
        program
            .obstacle()
            .ifPresent(code -> {
              Outcome outcome = found.get(Scenario.SUSPEND_RESUME);
              page.append(
                  "| `%s` | %s | %s | `%s` | %s |\n"
                      .formatted(
                          program.name(), program.shows(), word(outcome), code, reason(outcome)));
            }));
  }

  private static String reason(Outcome outcome) {
    return (switch (outcome) {
          case null -> "";
          case Outcome.Passed _ -> "";
          case Outcome.Failed(String reason) -> reason;
          case Outcome.Absent(String reason) -> reason;
          case Outcome.Refused(String reason) -> reason;
        })
        .replace("|", "\\|");
  }

  private static void remarks(
      StringBuilder page, Map<Program, EnumMap<Scenario, Outcome>> outcomes) {
    List<String> lines = new ArrayList<>();
    outcomes.forEach((program, found) -> {
      if (program.isPossible()) {
        found.forEach((scenario, outcome) -> {
          if (!(outcome instanceof Outcome.Passed)) {
            String why = KnownGaps.why(program).map(gap -> " " + gap).orElse("");
            lines.add(
                "- `%s`, %s: %s.%s"
                    .formatted(program.name(), scenario.title(), reason(outcome), why));
          }
        });
      }
    });
    if (!lines.isEmpty()) {
      page.append("\n## What does not pass, and why\n\n");
      lines.forEach(line -> page.append(line).append('\n'));
    }
  }
}
