package org.letargo.manager.cli;

import java.util.List;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code letargo enter}: a login shell in a VPS. */
@Command(
    name = "enter",
    description = "Opens a shell in a VPS; ends with the shell's exit status.",
    footer = {"", "Example: letargo enter web1"})
final class EnterCommand extends CliCommand {
  @Parameters(paramLabel = "NAME", description = "The VPS.")
  private VpsName name;

  @Override
  int run() throws InterruptedException {
    String kind = environment().variable("TERM");
    String shell =
        (kind.matches("[A-Za-z0-9][A-Za-z0-9._+-]{0,63}") ? "export TERM=" + kind + "; " : "")
            + "[ -x /bin/bash ] && exec /bin/bash -l; exec /bin/sh -l";
    return ExecCommand.run(cli(), name, List.of("/bin/sh", "-c", shell), true);
  }
}
