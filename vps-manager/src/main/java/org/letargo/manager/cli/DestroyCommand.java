package org.letargo.manager.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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
      ask(names.stream().map(VpsName::value).collect(Collectors.joining(", ")));
    }
    return changes.each(cli(), names, "destroyed", name -> api().delete(path(name)));
  }

  private void ask(String all) throws IOException {
    if (!environment().terminal().isInput() || !environment().terminal().isError()) {
      throw refusal(
          all, "nobody can be asked: this is not a terminal", "Add --yes if you mean it.");
    }
    var question = output().errorStream();
    question.print("Destroy " + all + " with disk and checkpoints, for good? Type yes: ");
    question.flush();
    var keyboard =
        new BufferedReader(new InputStreamReader(environment().in(), StandardCharsets.UTF_8));
    String answer = keyboard.readLine();
    if (answer == null || !answer.strip().equals("yes")) {
      throw refusal(all, "the answer was not 'yes'", "Nothing was changed.");
    }
  }

  private static CliFailure refusal(String all, String why, String remedy) {
    return new CliFailure(
        ExitStatus.INVALID_PARAMETER, "INVALID_REQUEST", "did not destroy " + all, why, remedy);
  }
}
