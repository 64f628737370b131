package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code letargo forget}: checkpoints that nobody needs any more. */
@Command(
    name = "forget",
    description = "Removes checkpoints; what follows on them then follows on what is before them.",
    footer = {"", "Example: letargo forget web1@before-upgrade web1@20260102-0304"})
final class ForgetCommand extends CliCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "NAME@CHECKPOINT",
      description = "The checkpoints, one after the other.")
  private List<CheckpointPlace> places;

  @Mixin private Changes changes;

  @Override
  int run() throws InterruptedException {
    places.forEach(CheckpointPlace::requireCheckpoint);
    ExitStatus worst = ExitStatus.OK;
    ArrayNode ended = object().arrayNode();
    for (CheckpointPlace place : places) {
      try {
        ended.add(forget(place));
      } catch (CliFailure failure) {
        if (places.size() == 1) {
          throw failure;
        }
        output().failure(failure);
        worst = worst.worse(failure.status());
      }
    }
    if (output().isJson()) {
      output().document(places.size() == 1 ? ended.get(0) : object().set("operations", ended));
    }
    return worst.number();
  }

  private JsonNode forget(CheckpointPlace place) throws InterruptedException {
    try {
      return changes.one(
          cli(),
          places.size() == 1,
          place.requireCheckpoint() + " is forgotten",
          () -> api().delete(place.path()));
    } catch (CliFailure failure) {
      throw failure.code().equals("WRONG_STATE")
          ? failure.withStatus(ExitStatus.FORGET_FAILED)
          : failure;
    }
  }
}
