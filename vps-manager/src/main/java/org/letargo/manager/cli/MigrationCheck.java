package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.letargo.hook.protocol.VpsName;

/** Whether a VPS can move to a peer, for people. */
final class MigrationCheck {
  private MigrationCheck() {}

  /** Asks, and prints what was found; the exit status. */
  static int run(CliCommand command, VpsName name, String peer) {
    JsonNode found =
        command
            .api()
            .post(
                CliCommand.path(name) + "/migrate/check",
                Optional.of(CliCommand.object().put("peer", peer)));
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
