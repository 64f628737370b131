package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;

/** {@code letargo events}: what happens, as it happens, until Ctrl-C. */
@Command(
    name = "events",
    description = "Follows what happens to VPSes and operations; with --json one object a line.",
    footer = {"", "Example: letargo events --json | jq -c 'select(.event == \"vps\")'"})
final class EventsCommand extends CliCommand {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  @Override
  int run() throws InterruptedException {
    ServerEvents events = api().events("/v1/events"); // the first refusal is an error
    while (true) {
      try (ServerEvents open = events) {
        for (var event = open.next(); event.isPresent(); event = open.next()) {
          show(event.get());
        }
      }
      output().notice("letargo: the connection broke; connecting again");
      events = reopen();
    }
  }

  /** A manager that is away comes back; one that refuses us does not change its mind. */
  private ServerEvents reopen() throws InterruptedException {
    while (true) {
      Thread.sleep(PAUSE);
      try {
        return api().events("/v1/events");
      } catch (CliFailure failure) {
        if (failure.status() != ExitStatus.MANAGER_UNREACHABLE
            && failure.status() != ExitStatus.HOOK_UNREACHABLE) {
          throw failure;
        }
      }
    }
  }

  private void show(ServerEvents.Event event) {
    if (output().isJson()) {
      output().jsonLine(object().put("event", event.name()).set("data", event.data()));
      return;
    }
    JsonNode data = event.data();
    String text =
        switch (event.name()) {
          case "vps" -> data.path("name").asText() + " " + data.path("state").asText();
          case "vps-gone" -> data.path("name").asText() + " gone";
          case "operation" -> operation(OperationView.of(data));
          default -> event.name(); // of a newer manager
        };
    output()
        .line(
            environment().clock().instant().truncatedTo(ChronoUnit.SECONDS)
                + " "
                + Table.printable(text));
  }

  private static String operation(OperationView operation) {
    var text = new StringBuilder(operation.subject());
    text.append(" ").append(operation.kind()).append(" ").append(operation.state());
    text.append(" ").append(operation.id());
    if (operation.isRunning()) {
      text.append(" ").append(operation.phase());
      operation.percent().ifPresent(percent -> text.append(" ").append(percent).append(" %"));
    } else if (!operation.hasSucceeded()) {
      text.append(" ").append(operation.failure().getMessage());
    }
    return text.toString();
  }
}
