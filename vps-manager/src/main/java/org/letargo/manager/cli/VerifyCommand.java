package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo verify}: whether a checkpoint can be restored. */
@Command(
    name = "verify",
    description =
        "Restores a checkpoint on trial, beside whatever the VPS does, and ends the trial.",
    footer = {
      "",
      "Without a checkpoint it is the one that the VPS follows on now.",
      "Example: letargo verify web1@before-upgrade"
    })
final class VerifyCommand extends CliCommand {
  @Parameters(paramLabel = "NAME[@CHECKPOINT]", description = "The checkpoint.")
  private CheckpointPlace place;

  @Option(
      names = "--deep",
      arity = "1",
      paramLabel = "true|false",
      description = "With false only read it: compare all hashes, look through its images.")
  private boolean deep = true;

  @Option(names = "--run", description = "Let its processes run for a moment, cut off from all.")
  private boolean run;

  @Mixin private Changes changes;

  @Override
  int run() throws InterruptedException {
    if (run && !deep) {
      throw new CliFailure(
          ExitStatus.INVALID_PARAMETER,
          "INVALID_REQUEST",
          "cannot verify " + place,
          "'--run' needs the trial that '--deep=false' leaves out",
          "Leave one of the two out.");
    }
    CheckpointPlace meant =
        place.checkpoint().isPresent()
            ? place
            : new CheckpointPlace(place.vps(), Optional.of(here()));
    String depth = run ? "run" : deep ? "restore" : "images";
    JsonNode ended =
        changes.one(
            cli(),
            true,
            "checkpoint " + meant.requireCheckpoint() + " " + done(depth),
            () -> api().post(meant.path() + "/verify", Optional.of(object().put("depth", depth))));
    if (output().isJson()) {
      output().document(ended);
    }
    return ExitStatus.OK.number();
  }

  private static String done(String depth) {
    return switch (depth) {
      case "images" -> "is whole";
      case "restore" -> "can be restored";
      default -> "can be restored, and runs";
    };
  }

  private String here() {
    String here = api().get(path(place.vps()) + "/checkpoints").path("here").asText("");
    if (here.isEmpty()) {
      throw new CliFailure(
          ExitStatus.NOT_FOUND,
          "NOT_FOUND",
          "cannot verify '" + place + "'",
          "the VPS has no checkpoint",
          "Take one with 'letargo checkpoint " + place + "'.");
    }
    return here;
  }
}
