package org.letargo.manager.cli;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo destroy}: asks before, because nothing brings the VPS back. */
@Command(
    name = "destroy",
    description = "Removes VPSes with their disks and checkpoints, for good.",
    footer = {"", "Example: letargo destroy --yes web1"})
final class DestroyCommand extends CliCommand {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "The VPSes, at the same time.")
  private List<VpsName> names;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Mixin private Changes changes;

  @Override
  int run() throws IOException, InterruptedException {
    if (!yes) {
      String all = names.stream().map(VpsName::value).collect(Collectors.joining(", "));
      Confirmation.require(
          this,
          "Destroy " + all + " with disk and checkpoints, for good?",
          "did not destroy " + all);
    }
    return changes.each(cli(), names, "destroyed", name -> api().delete(path(name)));
  }
}
