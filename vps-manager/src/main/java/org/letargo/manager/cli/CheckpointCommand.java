package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo checkpoint}: keeps a moment of a VPS, which goes on. */
@Command(
    name = "checkpoint",
    description = "Keeps a moment of a VPS, memory and disk; the VPS goes on.",
    footer = {"", "Example: letargo checkpoint web1 --label before-upgrade"})
final class CheckpointCommand extends CliCommand {
  /** What has no status of its own. */
  private static final Set<String> FAILED = Set.of("NOT_CHECKPOINTABLE", "INTERNAL", "INTERRUPTED");

  @Parameters(paramLabel = "NAME", description = "The VPS.")
  private VpsName name;

  @Option(names = "--label", paramLabel = "L", description = "A short name for it.")
  private Optional<String> label = Optional.empty();

  @Option(names = "--note", paramLabel = "N", description = "What you want to remember of it.")
  private Optional<String> note = Optional.empty();

  @Mixin private VerifyOption verify;
  @Mixin private Changes changes;

  @Override
  int run() throws InterruptedException {
    ObjectNode body = object();
    label.ifPresent(text -> body.put("label", text));
    note.ifPresent(text -> body.put("note", text));
    verify.addTo(body);
    JsonNode ended = take(this, changes, name, body);
    if (output().isJson()) {
      output().document(ended);
    } else if (!changes.noWait()) {
      output().line(name + ": checkpoint " + words(ended));
    }
    return ExitStatus.OK.number();
  }

  /**
   * Takes one and says nothing; the operation as it ended, or as it began.
   *
   * @param body schema TakeCheckpoint
   */
  static JsonNode take(CliCommand command, Changes changes, VpsName name, ObjectNode body)
      throws InterruptedException {
    try {
      JsonNode begun = command.api().post(path(name) + "/checkpoints", Optional.of(body));
      return changes.await(command.cli(), true, Optional.empty(), OperationView.of(begun));
    } catch (CliFailure failure) {
      throw FAILED.contains(failure.code())
          ? failure.withStatus(ExitStatus.CHECKPOINT_FAILED)
          : WrongState.refine(command.api(), name, failure);
    }
  }

  private String words(JsonNode ended) {
    String id = ended.path("checkpoint").asText("taken");
    JsonNode taken;
    try {
      taken = api().get(path(name) + "/checkpoints/" + ManagerUrl.encoded(id));
    } catch (CliFailure cannotAsk) { // it is taken all the same
      return id;
    }
    return id
        + ", "
        + ListCommand.size(taken.path("sizeBytes"))
        + ", "
        + ListCommand.size(taken.path("newBytes"))
        + " new, frozen "
        + taken.path("frozenMillis").asLong()
        + " ms"
        + (verify.isGiven() ? ", verified" : "");
  }
}
