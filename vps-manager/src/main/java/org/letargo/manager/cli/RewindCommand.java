package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo rewind}: a VPS becomes what it was. */
@Command(
    name = "rewind",
    description = "Makes a VPS what it was in one of its checkpoints; keeps the present first.",
    footer = {"", "Example: letargo rewind web1 before-upgrade"})
final class RewindCommand extends CliCommand {
  private static final Set<String> FAILED =
      Set.of("RESUME_FAILED", "START_FAILED", "INTERNAL", "INTERRUPTED");

  @Parameters(index = "0", paramLabel = "NAME", description = "The VPS.")
  private VpsName name;

  @Parameters(
      index = "1",
      paramLabel = "CHECKPOINT",
      description = "Its id, the beginning of it, or its label.")
  private String checkpoint;

  @Option(names = "--discard-current", description = "Do not keep the present; it is lost.")
  private boolean discardCurrent;

  @Mixin private Changes changes;

  @Override
  int run() throws InterruptedException {
    var body = object().put("checkpoint", checkpoint).put("discardCurrent", discardCurrent);
    try {
      JsonNode ended =
          changes.one(
              cli(),
              true,
              "rewound to " + checkpoint,
              () -> api().post(path(name) + "/rewind", Optional.of(body)));
      if (output().isJson()) {
        output().document(ended);
      }
    } catch (CliFailure failure) {
      throw FAILED.contains(failure.code())
          ? failure.withStatus(ExitStatus.REWIND_FAILED)
          : failure;
    }
    return ExitStatus.OK.number();
  }
}
