package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** docs/cli.md says what the program does. */
class DocumentTest {
  private final String document = Files.readString(Path.of("../docs/cli.md"));

  DocumentTest() throws IOException {}

  @Test
  void listsExactlyTheExitStatuses() {
    var documented = document.lines().filter(line -> line.matches("\\| \\d+ \\| .*")).toList();

    assertThat(documented)
        .containsExactlyElementsOf(
            Arrays.stream(ExitStatus.values())
                .map(status -> "| " + status.number() + " | " + status.meaning() + " |")
                .toList());
  }

  @Test
  void namesEveryCommandAndOption() {
    mentions(LetargoCli.commandLine(Environment.ofProcess()), "");
  }

  private void mentions(CommandLine command, String path) {
    command
        .getSubcommands()
        .forEach((name, below) -> {
          if (below.getSubcommands().isEmpty()) {
            assertThat(document).contains("`" + path + name);
          }
          below.getCommandSpec().options().stream()
              .map(option -> option.longestName())
              .forEach(
                  option -> assertThat(document).as("%s %s", path, name).contains(shown(option)));
          mentions(below, path + name + " ");
        });
  }

  private static String shown(String option) {
    return option.equals("--terminal") ? "-t" : option;
  }
}
