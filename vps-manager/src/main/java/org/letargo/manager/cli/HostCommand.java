package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code letargo host}. Without a word it is {@code info}. */
@Command(
    name = "host",
    description = "Shows the host.",
    footer = {"", "Example: letargo host info"},
    subcommands = HostCommand.Info.class)
final class HostCommand extends CliCommand {
  @Override
  int run() {
    return show(this);
  }

  private static int show(CliCommand command) {
    JsonNode host = command.api().get("/v1/host");
    if (command.output().isJson()) {
      command.output().document(host);
    } else {
      PropertyLines.print(command.output(), host);
    }
    return ExitStatus.OK.number();
  }

  @Command(
      name = "info",
      description = "Shows kernel, engine, runtime, space, and what will not work here.",
      footer = {"", "Example: letargo host info --json"})
  static final class Info extends CliCommand {
    @Override
    int run() {
      return show(this);
    }
  }
}
