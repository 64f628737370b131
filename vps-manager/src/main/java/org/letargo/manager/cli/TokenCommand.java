package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo token}: who may do what. Without a word it lists. */
@Command(
    name = "token",
    description = "Makes, lists and revokes tokens.",
    footer = {"", "Example: letargo token create alice --role operator"},
    subcommands = {TokenCommand.Create.class, TokenCommand.List.class, TokenCommand.Revoke.class})
final class TokenCommand extends CliCommand {
  @Override
  int run() {
    return list(this);
  }

  private static int list(CliCommand command) {
    JsonNode answer = command.api().get("/v1/tokens");
    if (command.output().isJson()) {
      command.output().document(answer);
      return ExitStatus.OK.number();
    }
    var table = new Table("NAME", "ROLE", "CREATED");
    for (JsonNode token : answer.path("tokens")) {
      table.row(
          token.path("name").asText(),
          token.path("role").asText(),
          token.path("createdAt").asText("-"));
    }
    table.print(command.output());
    return ExitStatus.OK.number();
  }

  /** What a token allows. */
  enum Role {
    viewer,
    operator,
    admin
  }

  @Command(
      name = "create",
      description = "Makes a token and prints it, this once.",
      footer = {"", "Example: letargo token create alice --role operator > alice.token"})
  static final class Create extends CliCommand {
    @Parameters(paramLabel = "NAME", description = "Whose it is.")
    private String name;

    @Option(
        names = "--role",
        required = true,
        paramLabel = "R",
        description = "One of ${COMPLETION-CANDIDATES}.")
    private Role role;

    @Override
    int run() {
      JsonNode answer =
          api()
              .post("/v1/tokens", Optional.of(object().put("name", name).put("role", role.name())));
      if (output().isJson()) {
        output().document(answer);
        return ExitStatus.OK.number();
      }
      output().notice("Token of " + name + ", role " + role + "; it is never shown again:");
      output().line(answer.path("token").asText());
      return ExitStatus.OK.number();
    }
  }

  @Command(
      name = "list",
      description = "Lists the tokens, without their secrets.",
      footer = {"", "Example: letargo token list"})
  static final class List extends CliCommand {
    @Override
    int run() {
      return list(this);
    }
  }

  @Command(
      name = "revoke",
      description = "Makes a token worthless at once.",
      footer = {"", "Example: letargo token revoke alice"})
  static final class Revoke extends CliCommand {
    @Parameters(paramLabel = "NAME", description = "Whose it is.")
    private String name;

    @Override
    int run() {
      api().delete("/v1/tokens/" + ManagerUrl.encoded(name));
      if (output().isJson()) {
        output().document(object().put("revoked", name));
      } else {
        output().line(name + ": revoked");
      }
      return ExitStatus.OK.number();
    }
  }
}
