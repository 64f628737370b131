package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo migrate}: whether a VPS can move to another host. */
@Command(
    name = "migrate",
    description = "Says whether a VPS can move to a peer, and what stands in the way.",
    footer = {
      "",
      "With --check-only it ends with 0 if nothing is refused, else with 1. Nothing is touched.",
      "Example: letargo migrate web1 host2 --check-only"
    })
final class MigrateCommand extends CliCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The VPS.")
  private VpsName name;

  @Parameters(index = "1", paramLabel = "PEER", description = "The host that it would go to.")
  private String peer;

  @Option(
      names = "--check-only",
      required = true,
      description = "Only say whether it can, and what stands in the way.")
  private boolean checkOnly;

  @Override
  int run() {
    return check(this, name, peer);
  }

  /** Asks, and prints what was found; the exit status. */
  static int check(CliCommand command, VpsName name, String peer) {
    JsonNode found =
        command.api().post(path(name) + "/migrate/check", Optional.of(object().put("peer", peer)));
    if (command.output().isJson()) {
      command.output().document(found);
    } else {
      print(command.output(), found);
    }
    return found.path("admitted").asBoolean()
        ? ExitStatus.OK.number()
        : ExitStatus.NOT_ADMITTED.number();
  }

  private static void print(Output output, JsonNode found) {
    var table = new Table("TOPIC", "VERDICT", "FINDING");
    for (JsonNode verdict : found.path("verdicts")) {
      table.row(
          verdict.path("topic").asText(),
          verdict.path("level").asText(),
          verdict.path("finding").asText());
    }
    table.print(output);
    for (JsonNode verdict : found.path("verdicts")) {
      if (!verdict.path("remedy").asText().isEmpty()) {
        output.notice(
            Table.printable(
                verdict.path("topic").asText() + ": " + verdict.path("remedy").asText()));
      }
    }
  }
}
