package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code letargo preflight}: whether a VPS can be suspended, before anybody tries. */
@Command(
    name = "preflight",
    description = "Says whether a VPS can be suspended, and what stands in the way.",
    footer = {
      "",
      "Ends with 0 if nothing blocks, else with 16. The VPS is looked at, not touched.",
      "Example: letargo preflight web1"
    })
final class PreflightCommand extends CliCommand {
  @Parameters(paramLabel = "NAME", description = "The VPS; it must be running or paused.")
  private VpsName name;

  @Override
  int run() {
    JsonNode found = api().get(path(name) + "/preflight");
    if (output().isJson()) {
      output().document(found);
    } else {
      print(found);
    }
    return found.path("canSuspend").asBoolean()
        ? ExitStatus.OK.number()
        : ExitStatus.SUSPEND_FAILED.number();
  }

  private void print(JsonNode found) {
    String verdict = found.path("canSuspend").asBoolean() ? "can" : "cannot";
    line(
        "%s: %s be suspended: %d processes, at most %s of memory to save, %s free"
            .formatted(
                name,
                verdict,
                found.path("processes").asInt(),
                ListCommand.size(found.path("predictedBytes")),
                ListCommand.size(found.path("availableBytes"))));
    for (JsonNode obstacle : found.path("obstacles")) {
      line(
          "%-8s %s: %s"
              .formatted(
                  obstacle.path("severity").asText(),
                  obstacle.path("code").asText(),
                  obstacle.path("message").asText()));
      if (!obstacle.path("remedy").asText("").isEmpty()) {
        line(" ".repeat(9) + obstacle.path("remedy").asText());
      }
    }
    if (found.path("omitted").asInt() > 0) {
      line("and " + found.path("omitted").asInt() + " more");
    }
  }

  private void line(String text) {
    output().line(Table.printable(text));
  }
}
