package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.letargo.hook.protocol.DataSize;
import picocli.CommandLine.Command;

/** {@code letargo list}. */
@Command(
    name = "list",
    description = "Lists the VPSes.",
    footer = {"", "Example: letargo list --json"})
final class ListCommand extends CliCommand {
  @Override
  int run() {
    JsonNode answer = api().get("/v1/vps");
    if (output().isJson()) {
      output().document(answer);
      return ExitStatus.OK.number();
    }
    var table = new Table("NAME", "STATE", "ADDRESS", "MEMORY", "CPUS", "TEMPLATE", "CHECKPOINT");
    for (JsonNode vps : answer.path("vps")) {
      table.row(
          vps.path("name").asText(),
          state(vps),
          vps.path("address").asText("-"),
          size(vps.path("memoryUsedBytes")) + " / " + size(vps.path("memoryBytes")),
          vps.path("cpus").asText("-"),
          vps.path("template").asText("-"),
          vps.path("checkpoint").isObject()
              ? Times.shown(vps.path("checkpoint").path("takenAt").asText())
                  + ", "
                  + size(vps.path("checkpoint").path("sizeBytes"))
              : "-");
    }
    table.print(output());
    return ExitStatus.OK.number();
  }

  private static String state(JsonNode vps) {
    String state = vps.path("state").asText();
    JsonNode migration = vps.path("migration");
    if (migration.isObject()) {
      return between(migration);
    }
    JsonNode loading = vps.path("loading");
    return loading.isObject() ? state + ", loading " + loading.path("percent") + "%" : state;
  }

  private static String between(JsonNode migration) {
    String peer = migration.path("peer").asText();
    String phase = migration.path("phase").asText();
    return switch (phase) {
      case "leaving" -> "leaving for " + peer;
      case "handed-over" -> "handed over to " + peer;
      case "moved" -> "moved to " + peer;
      case "arriving", "borrowing" -> "arriving from " + peer;
      default -> phase + ", " + peer;
    };
  }

  static String size(JsonNode bytes) {
    return bytes.isIntegralNumber() && bytes.asLong() >= 0
        ? DataSize.ofBytes(bytes.asLong()).toString()
        : "-";
  }
}
