package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.TerminalSize;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code letargo exec}: runs a command in a VPS and ends with the command's own exit status. */
@Command(
    name = "exec",
    description = "Runs a command in a VPS; ends with its exit status.",
    footer = {
      "",
      "Example: letargo exec web1 -- systemctl is-system-running",
      "Example: letargo exec db1 -- tar -C /etc -c . > etc.tar"
    })
final class ExecCommand extends CliCommand {
  @Option(
      names = {"-t", "--terminal"},
      description = "Give the command a terminal: for editors, top, shells.")
  private boolean withTerminal;

  @Parameters(index = "0", paramLabel = "NAME", description = "The VPS.")
  private VpsName name;

  @Parameters(
      index = "1..*",
      paramLabel = "COMMAND",
      description = "The command and its arguments.")
  private List<String> command = List.of();

  @Override
  int run() throws InterruptedException {
    // picocli hands the -- on, since it stops at the VPS's name
    List<String> words =
        !command.isEmpty() && command.getFirst().equals("--")
            ? command.subList(1, command.size())
            : command;
    if (words.isEmpty()) {
      throw new ParameterException(spec().commandLine(), "the command to run is missing");
    }
    return run(cli(), name, words, withTerminal);
  }

  /** Runs it with this process's streams; in raw mode when it has a terminal. */
  static int run(LetargoCli cli, VpsName name, List<String> words, boolean withTerminal)
      throws InterruptedException {
    Environment environment = cli.environment();
    try (Tunnel tunnel =
        cli.api().tunnel(path(name) + "/exec", new VpsShell.Streams(environment))) {
      if (!withTerminal) {
        start(environment, tunnel, words, Optional.empty());
        return status(tunnel.await());
      }
      try (var _ = environment.terminal().raw()) {
        start(environment, tunnel, words, Optional.of(environment.terminal().size()));
        return status(VpsShell.interact(environment, tunnel));
      }
    } catch (CliFailure failure) {
      throw WrongState.refine(cli.api(), name, failure);
    }
  }

  private static void start(
      Environment environment, Tunnel tunnel, List<String> words, Optional<TerminalSize> size) {
    ObjectNode request = object();
    words.forEach(request.putArray("command")::add);
    size.ifPresent(given ->
        request.putObject("terminal").put("rows", given.rows()).put("columns", given.columns()));
    tunnel.sendText(request);
    VpsShell.pump(
        environment.in(), tunnel, false, () -> tunnel.sendText(object().put("inputEnd", true)));
  }

  private static int status(JsonNode word) {
    JsonNode status = word.path("exitStatus");
    if (!status.isInt()) {
      throw new CliFailure(
          ExitStatus.SYSTEM,
          "INTERNAL",
          "cannot tell how the command ended",
          "the manager's last message has no exit status",
          "Check that manager and letargo are of one version.");
    }
    return status.asInt();
  }
}
