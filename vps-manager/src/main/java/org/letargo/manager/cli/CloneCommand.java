package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code letargo clone}: new VPSes from a checkpoint of another one. */
@Command(
    name = "clone",
    description = "Makes new VPSes from a checkpoint, or from a VPS as it is now.",
    footer = {
      "",
      "Several clones are named NEW-1, NEW-2, ...; without CHECKPOINT one is taken for all of them.",
      "Example: letargo clone web1@warm web2 --publish 8081:80",
      "Example: letargo clone web1@warm worker --count 20"
    })
final class CloneCommand extends CliCommand {
  private static final int MOST = 200;

  @Parameters(index = "0", paramLabel = "NAME[@CHECKPOINT]", description = "What they are made of.")
  private CheckpointPlace origin;

  @Parameters(index = "1", paramLabel = "NEW", description = "The name of the new VPS.")
  private String newName;

  @Option(names = "--count", paramLabel = "N", description = "So many at the same time.")
  private int count = 1;

  @Option(names = "--ip", paramLabel = "A", description = "Its IPv4 address; else a free one.")
  private Optional<Ipv4Address> address = Optional.empty();

  @Option(
      names = "--publish",
      paramLabel = "H:C",
      description = "Port H of the host leads to its port C; with /udp for UDP. May be repeated.")
  private List<PublishedPort> published = List.of();

  @Mixin private Changes changes;

  @Override
  int run() throws InterruptedException {
    if (count < 1 || count > MOST) {
      throw new ParameterException(spec().commandLine(), "--count is from 1 to " + MOST);
    }
    if (count > 1 && (address.isPresent() || !published.isEmpty())) {
      throw new ParameterException(
          spec().commandLine(), "an address and ports are for one clone, not for " + count);
    }
    List<VpsName> names =
        count == 1
            ? List.of(new VpsName(newName))
            : IntStream.rangeClosed(1, count)
                .mapToObj(n -> new VpsName(newName + "-" + n))
                .toList();
    Optional<String> from = count == 1 ? origin.checkpoint() : Optional.of(common());
    return changes.each(cli(), names, "cloned", name -> post(name, from));
  }

  /** One checkpoint for all: the VPS is frozen once, and the clones are alike. */
  private String common() throws InterruptedException {
    if (origin.checkpoint().isPresent()) {
      return origin.checkpoint().get();
    }
    JsonNode vps = api().get(path(origin.vps()));
    if (vps.path("state").asText().equals("suspended")) {
      return vps.path("checkpoint").path("id").asText();
    }
    JsonNode ended =
        CheckpointCommand.take(
            this, new Changes(), origin.vps(), object().put("note", "for clones"));
    return ended.path("checkpoint").asText();
  }

  private JsonNode post(VpsName name, Optional<String> from) {
    ObjectNode request = object().put("name", name.value());
    from.ifPresent(checkpoint -> request.put("checkpoint", checkpoint));
    address.ifPresent(given -> request.put("address", given.toString()));
    if (!published.isEmpty()) {
      var ports = request.putArray("publish");
      published.forEach(port -> ports.add(port.toString()));
    }
    return api().post(path(origin.vps()) + "/clone", Optional.of(request));
  }
}
