package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code letargo timeline}: the checkpoints of a VPS. */
@Command(
    name = "timeline",
    description = "Shows the checkpoints of a VPS and which one follows on which.",
    footer = {
      "",
      "The oldest comes first. What follows on a checkpoint stands below it; a branch that was",
      "left stands to the right. @ marks the checkpoint that the VPS follows on now.",
      "Example: letargo timeline web1"
    })
final class TimelineCommand extends CliCommand {
  @Parameters(paramLabel = "NAME", description = "The VPS.")
  private VpsName name;

  @Override
  int run() {
    JsonNode timeline = api().get(path(name) + "/checkpoints");
    if (output().isJson()) {
      output().document(timeline);
      return ExitStatus.OK.number();
    }
    String here = timeline.path("here").asText("");
    var table =
        new Table(
            "CHECKPOINT", "TAKEN", "KIND", "LABEL", "SIZE", "NEW", "FROZEN", "VERIFIED", "NOTE");
    for (TimelineTree.Row row : TimelineTree.of(timeline)) {
      JsonNode entry = row.entry();
      table.row(
          row.branches() + row.entry().path("id").asText(),
          Times.shown(entry.path("takenAt").asText("-")),
          kind(entry),
          entry.path("label").asText("-"),
          ListCommand.size(entry.path("sizeBytes")),
          ListCommand.size(entry.path("newBytes")),
          frozen(entry),
          verified(entry),
          note(entry, entry.path("id").asText().equals(here)));
    }
    table.print(output());
    return ExitStatus.OK.number();
  }

  private static String kind(JsonNode entry) {
    String kind = entry.path("kind").asText("-");
    String disk = entry.path("hasMemory").asBoolean(true) ? "" : ", disk only";
    return kind + disk + (entry.path("pinned").asBoolean() ? ", pinned" : "");
  }

  private static String frozen(JsonNode entry) {
    long millis = entry.path("frozenMillis").asLong();
    return millis == 0 ? "-" : millis + " ms";
  }

  /** What was tried, in the words of the API; {@code -} if nothing was. */
  private static String verified(JsonNode entry) {
    JsonNode verification = entry.path("verification");
    return verification.path("result").asText("").equals("failed")
        ? "failed"
        : verification.path("depth").asText("-");
  }

  private static String note(JsonNode entry, boolean here) {
    List<String> parts = new ArrayList<>();
    if (here) {
      parts.add("<- you are here");
    }
    if (entry.path("verification").path("because").isTextual()) {
      parts.add("cannot be restored: " + entry.path("verification").path("because").asText());
    }
    if (entry.path("note").isTextual()) {
      parts.add(entry.path("note").asText());
    }
    return String.join("; ", parts);
  }
}
