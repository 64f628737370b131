package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code letargo store}: where checkpoints live. Without a word it shows what it takes. */
@Command(
    name = "store",
    description = "Shows what the store of checkpoints takes, checks it and tidies it up.",
    footer = {"", "Example: letargo store check"},
    subcommands = {
      StoreCommand.Stat.class,
      StoreCommand.Check.class,
      StoreCommand.Gc.class,
      StoreCommand.Repair.class
    })
final class StoreCommand extends CliCommand {
  @Override
  int run() {
    return stat(this);
  }

  private static int stat(CliCommand command) {
    JsonNode store = command.api().get("/v1/store");
    if (command.output().isJson()) {
      command.output().document(store);
    } else {
      PropertyLines.print(command.output(), store);
    }
    return ExitStatus.OK.number();
  }

  @Command(
      name = "stat",
      description = "Shows what the store keeps and what it takes on the disk.",
      footer = {"", "Example: letargo store stat"})
  static final class Stat extends CliCommand {
    @Override
    int run() {
      return stat(this);
    }
  }

  /** Work that takes time and finds something. */
  abstract static class Work extends CliCommand {
    @Mixin private Changes changes;

    abstract String words(JsonNode findings);

    @Override
    final int run() throws InterruptedException {
      JsonNode begun = api().post("/v1/store/" + spec().name(), Optional.empty());
      JsonNode ended = changes.await(cli(), true, Optional.empty(), OperationView.of(begun));
      if (output().isJson()) {
        output().document(ended);
      }
      if (changes.noWait()) {
        return ExitStatus.OK.number();
      }
      JsonNode findings = ended.path("findings");
      if (findings.isMissingNode()) {
        throw untold(ended);
      }
      if (!output().isJson()) {
        output().line(words(findings));
        findings.path("damaged").forEach(hit -> output().line(damaged(hit)));
      }
      if (findings.path("damagedChunks").asLong() > 0) {
        return ExitStatus.CHECKPOINT_CORRUPT.number();
      }
      return ExitStatus.OK.number();
    }

    private CliFailure untold(JsonNode ended) {
      return new CliFailure(
          ExitStatus.SYSTEM,
          "INTERRUPTED",
          "cannot tell what the store's " + spec().name() + " found",
          "operation "
              + ended.path("id").asText()
              + " came to its end, but the hook or the manager was restarted meanwhile",
          "Run it again.");
    }

    private static String damaged(JsonNode hit) {
      List<String> files = new ArrayList<>();
      hit.path("files").forEach(file -> files.add(file.asText()));
      return Table.printable(
          hit.path("vps").asText()
              + "@"
              + hit.path("checkpoint").asText()
              + ": damaged, "
              + String.join(", ", files));
    }
  }

  @Command(
      name = "check",
      description = "Reads all of the store and compares every hash; changes nothing.",
      footer = {"", "Ends with 204 if something is damaged.", "Example: letargo store check"})
  static final class Check extends Work {
    @Override
    String words(JsonNode findings) {
      return ListCommand.size(findings.path("readBytes")) + " read, " + damage(findings);
    }
  }

  @Command(
      name = "gc",
      description = "Gives back the space of what no checkpoint needs any more.",
      footer = {"", "Example: letargo store gc"})
  static final class Gc extends Work {
    @Override
    String words(JsonNode findings) {
      return ListCommand.size(findings.path("freedBytes")) + " given back";
    }
  }

  @Command(
      name = "repair",
      description = "Drops what is damaged, so that it is stored anew when it is seen again.",
      footer = {"", "Ends with 204 if something was damaged.", "Example: letargo store repair"})
  static final class Repair extends Work {
    @Override
    String words(JsonNode findings) {
      return ListCommand.size(findings.path("readBytes"))
          + " read, "
          + damage(findings)
          + ", "
          + ListCommand.size(findings.path("freedBytes"))
          + " given back";
    }
  }

  private static String damage(JsonNode findings) {
    long chunks = findings.path("damagedChunks").asLong();
    return chunks == 0 ? "nothing damaged" : chunks + " damaged";
  }
}
