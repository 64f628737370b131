package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code letargo diff}: what is different between two checkpoints. */
@Command(
    name = "diff",
    description =
        "Shows what is different between two checkpoints: memory, processes, sockets, files.",
    footer = {
      "",
      "The second one may be of another VPS. Without @CHECKPOINT it is the one that the VPS follows",
      "on now; without it, that of the first VPS. + is new, - is gone, ~ is different, ! is another",
      "program under the same number.",
      "Example: letargo diff web1@before-upgrade web1@after"
    })
final class DiffCommand extends CliCommand {
  @Parameters(index = "0", paramLabel = "NAME@CHECKPOINT", description = "The earlier one.")
  private CheckpointPlace before;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME[@CHECKPOINT]",
      description = "The later one.")
  private Optional<CheckpointPlace> after = Optional.empty();

  @Override
  int run() {
    before.requireCheckpoint();
    List<String> query = new ArrayList<>();
    after.ifPresent(place -> {
      query.add("vps=" + ManagerUrl.encoded(place.vps().value()));
      place.checkpoint().ifPresent(word -> query.add("to=" + ManagerUrl.encoded(word)));
    });
    JsonNode diff =
        api().get(before.path() + "/diff" + (query.isEmpty() ? "" : "?" + String.join("&", query)));
    if (output().isJson()) {
      output().document(diff);
    } else {
      print(diff);
    }
    return ExitStatus.OK.number();
  }

  private void print(JsonNode diff) {
    line(place(diff.path("before")) + " -> " + place(diff.path("after")));
    JsonNode memory = diff.path("memory");
    line("memory: " + memory(memory));
    for (JsonNode process : diff.path("processes")) {
      line(
          "%s process %d %s%s: %s"
              .formatted(
                  mark(process.path("change").asText()),
                  process.path("pid").asInt(),
                  process.path("name").asText(),
                  programs(process),
                  memory(process.path("memory"))));
    }
    for (JsonNode socket : diff.path("sockets")) {
      String remote = socket.path("remote").asText("");
      String state = socket.path("state").asText("");
      line(
          "%s socket %s %s%s%s"
              .formatted(
                  mark(socket.path("change").asText()),
                  socket.path("protocol").asText(),
                  socket.path("local").asText(),
                  remote.isEmpty() ? "" : " - " + remote,
                  state.isEmpty() ? "" : ", " + state));
    }
    for (JsonNode file : diff.path("files")) {
      line(mark(file.path("change").asText()) + " file " + file.path("path").asText() + size(file));
    }
    if (diff.path("omitted").asLong() > 0) {
      line("and " + diff.path("omitted").asLong() + " more");
    }
  }

  private static String place(JsonNode place) {
    return place.path("vps").asText() + "@" + place.path("checkpoint").asText();
  }

  private static String mark(String change) {
    return switch (change) {
      case "new", "added" -> "+";
      case "gone", "removed" -> "-";
      case "other-program" -> "!";
      default -> "~";
    };
  }

  private static String memory(JsonNode memory) {
    return "%s -> %s, %s changed"
        .formatted(
            ListCommand.size(memory.path("beforeBytes")),
            ListCommand.size(memory.path("afterBytes")),
            ListCommand.size(memory.path("changedBytes")));
  }

  private static String programs(JsonNode process) {
    String program = process.path("program").asText("");
    String former = process.path("formerProgram").asText("");
    if (!former.isEmpty()) {
      return " (" + former + " -> " + program + ")";
    }
    return program.isEmpty() ? "" : " (" + program + ")";
  }

  private static String size(JsonNode file) {
    String before = ListCommand.size(file.path("beforeBytes"));
    String after = ListCommand.size(file.path("afterBytes"));
    return switch (file.path("change").asText()) {
      case "added" -> ", " + after;
      case "removed" -> ", " + before;
      default -> ", " + before + " -> " + after;
    };
  }

  private void line(String text) {
    output().line(Table.printable(text));
  }
}
