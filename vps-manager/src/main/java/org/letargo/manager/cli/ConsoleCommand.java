package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.letargo.hook.protocol.TerminalSize;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code letargo console}: the VPS's own terminal, where its init writes and getty listens. */
@Command(
    name = "console",
    description = "Attaches to a VPS's console; Ctrl-] detaches.",
    footer = {"", "Example: letargo console web1"})
final class ConsoleCommand extends CliCommand {
  @Parameters(paramLabel = "NAME", description = "The VPS.")
  private VpsName name;

  @Override
  int run() throws InterruptedException {
    TerminalSize size = environment().terminal().size();
    String path = path(name) + "/console?rows=" + size.rows() + "&columns=" + size.columns();
    Tunnel.Sink screen = (data, first) -> VpsShell.write(data, environment().out());
    JsonNode end;
    output().notice("Console of " + name + "; Ctrl-] leaves it.");
    try (Tunnel tunnel = api().tunnel(path, screen);
        var _ = environment().terminal().raw()) {
      VpsShell.pump(environment().in(), tunnel, true, tunnel::detach);
      end = VpsShell.interact(environment(), tunnel);
    } catch (CliFailure failure) {
      throw WrongState.refine(api(), name, failure);
    }
    output().notice(end.path("detached").asBoolean() ? "\nDetached." : "\nThe console has ended.");
    return ExitStatus.OK.number();
  }
}
