package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo send}: a checkpoint becomes a VPS of another host. */
@Command(
    name = "send",
    description = "Sends a checkpoint to a peer, which makes a VPS of it. The VPS here stays.",
    footer = {"", "Example: letargo send web1@before-upgrade host2 --name web1-copy"})
final class SendCommand extends CliCommand {
  @Parameters(index = "0", paramLabel = "NAME@CHECKPOINT", description = "The checkpoint.")
  private CheckpointPlace place;

  @Parameters(index = "1", paramLabel = "PEER", description = "The host that gets it.")
  private String peer;

  @Option(
      names = "--name",
      paramLabel = "NEW",
      description = "What the VPS is called there; else as here.")
  private Optional<VpsName> name = Optional.empty();

  @Mixin private Changes changes;

  @Override
  int run() throws InterruptedException {
    place.requireCheckpoint();
    ObjectNode body = object().put("peer", peer);
    name.ifPresent(given -> body.put("name", given.value()));
    String done = "sent to " + peer + " as " + name.orElse(place.vps());
    JsonNode ended =
        changes.one(cli(), true, done, () -> api().post(place.path() + "/send", Optional.of(body)));
    if (output().isJson()) {
      output().document(ended);
    }
    return ExitStatus.OK.number();
  }
}
