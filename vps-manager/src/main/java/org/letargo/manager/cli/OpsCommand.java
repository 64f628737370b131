package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo ops}: what is under way and what was. Without a word it lists. */
@Command(
    name = "ops",
    description = "Lists, shows and cancels operations.",
    footer = {"", "Example: letargo ops show op-0123456789ab"},
    subcommands = {OpsCommand.List.class, OpsCommand.Show.class, OpsCommand.Cancel.class})
final class OpsCommand extends CliCommand {
  @Override
  int run() {
    return list(this, "");
  }

  private static int list(CliCommand command, String query) {
    JsonNode answer = command.api().get("/v1/operations" + query);
    if (command.output().isJson()) {
      command.output().document(answer);
      return ExitStatus.OK.number();
    }
    var table = new Table("ID", "WHAT", "ON", "STATE", "PHASE", "STARTED", "BY");
    for (JsonNode node : answer.path("operations")) {
      OperationView operation = OperationView.of(node);
      table.row(
          operation.id(),
          operation.kind(),
          operation.subject().isEmpty() ? "-" : operation.subject(),
          operation.state(),
          phase(operation),
          Times.shown(node.path("startedAt").asText("-")),
          node.path("by").asText("-"));
    }
    table.print(command.output());
    return ExitStatus.OK.number();
  }

  private static String phase(OperationView operation) {
    String percent =
        operation.isRunning() && operation.percent().isPresent()
            ? " " + operation.percent().getAsInt() + " %"
            : "";
    return operation.phase().isEmpty() ? "-" : operation.phase() + percent;
  }

  private static String at(OperationId id) {
    return "/v1/operations/" + id;
  }

  @Command(
      name = "list",
      description = "Lists operations, the newest first.",
      footer = {"", "Example: letargo ops list --vps web1 --limit 5"})
  static final class List extends CliCommand {
    @Option(names = "--vps", paramLabel = "NAME", description = "Only those of one VPS.")
    private Optional<VpsName> vps = Optional.empty();

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "20",
        description = "At most so many; else ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    int run() {
      return list(this, "?limit=" + limit + vps.map(name -> "&vps=" + name).orElse(""));
    }
  }

  @Command(
      name = "show",
      description = "Shows an operation, waits for its end, and ends with its exit status.",
      footer = {"", "Example: letargo ops show op-0123456789ab --log"})
  static final class Show extends CliCommand {
    @Parameters(paramLabel = "ID", description = "The operation.")
    private OperationId id;

    @Option(names = "--no-wait", description = "Do not wait for its end.")
    private boolean noWait;

    @Option(names = "--log", description = "With the lines of the engine's log that tell why.")
    private boolean withLog;

    @Override
    int run() throws InterruptedException {
      OperationView operation = OperationView.of(api().get(at(id)));
      if (operation.isRunning() && !noWait) {
        operation = Changes.follow(cli(), true, operation);
      }
      if (output().isJson()) {
        output().document(operation.json());
      } else {
        PropertyLines.print(output(), shown(operation.json()));
      }
      if (!operation.isRunning() && !operation.hasSucceeded()) {
        throw operation.failure();
      }
      return ExitStatus.OK.number();
    }

    /** Obstacles as sentences; the log only when it is wanted. */
    private JsonNode shown(JsonNode operation) {
      ObjectNode shown = operation.deepCopy();
      if (shown.path("error") instanceof ObjectNode error) {
        if (error.path("obstacles") instanceof ArrayNode obstacles) {
          ArrayNode sentences = error.putArray("obstacles");
          obstacles.forEach(obstacle -> sentences.add(obstacle.path("message").asText()));
        }
        if (!withLog) {
          error.remove("log");
        }
      }
      return shown;
    }
  }

  @Command(
      name = "cancel",
      description = "Asks an operation to end where that is safe.",
      footer = {"", "Example: letargo ops cancel op-0123456789ab"})
  static final class Cancel extends CliCommand {
    @Parameters(paramLabel = "ID", description = "The operation.")
    private OperationId id;

    @Mixin private Changes changes;

    @Override
    int run() throws InterruptedException {
      JsonNode answer = api().delete(at(id));
      OperationView operation =
          answer.has("id") ? OperationView.of(answer) : OperationView.of(api().get(at(id)));
      if (!changes.noWait()) {
        operation = Changes.follow(cli(), true, operation);
      }
      if (output().isJson()) {
        output().document(operation.json());
      } else {
        output().line(operation.id() + ": " + operation.state());
      }
      return ExitStatus.OK.number();
    }
  }
}
