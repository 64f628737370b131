package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code letargo create}. */
@Command(
    name = "create",
    description = "Makes a VPS from a template.",
    footer = {
      "",
      "Example: letargo create web1 --template debian-12 --memory 1G --publish 8080:80 --start"
    })
final class CreateCommand extends CliCommand {
  @Parameters(paramLabel = "NAME", description = "Lower-case letters, digits, hyphens.")
  private VpsName name;

  @Option(
      names = "--template",
      required = true,
      paramLabel = "T",
      description = "What it is made of.")
  private TemplateName template;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "At most so much, such as 512M or 2G.")
  private Optional<DataSize> memory = Optional.empty();

  @Option(
      names = "--cpus",
      paramLabel = "N",
      description = "At most so many processors, such as 1.5.")
  private Optional<BigDecimal> cpus = Optional.empty();

  @Option(
      names = "--pids",
      paramLabel = "N",
      description = "At most so many processes and threads.")
  private Optional<Integer> pids = Optional.empty();

  @Option(names = "--ip", paramLabel = "A", description = "Its IPv4 address; else a free one.")
  private Optional<Ipv4Address> address = Optional.empty();

  @Option(
      names = "--publish",
      paramLabel = "H:C",
      description = "Port H of the host leads to its port C; with /udp for UDP. May be repeated.")
  private List<PublishedPort> published = List.of();

  @Option(names = "--start", description = "Start it as well.")
  private boolean start;

  @Mixin private Changes changes;

  @Override
  int run() throws InterruptedException {
    if (start && changes.noWait()) {
      throw new ParameterException(
          spec().commandLine(), "--start has to wait for the creation, --no-wait forbids it");
    }
    JsonNode ended = changes.one(cli(), true, "created", this::create);
    if (start) {
      ended =
          changes.one(
              cli(), true, "started", () -> api().post(path(name) + "/start", Optional.empty()));
    }
    if (output().isJson()) {
      output().document(ended);
    }
    return ExitStatus.OK.number();
  }

  private JsonNode create() {
    ObjectNode request = object().put("name", name.value()).put("template", template.value());
    memory.ifPresent(size -> request.put("memoryBytes", size.bytes()));
    cpus.ifPresent(number -> request.put("cpus", number));
    pids.ifPresent(number -> request.put("pids", number));
    address.ifPresent(given -> request.put("address", given.toString()));
    if (!published.isEmpty()) {
      var ports = request.putArray("publish");
      published.forEach(port -> ports.add(port.toString()));
    }
    try {
      return api().post("/v1/vps", Optional.of(request));
    } catch (CliFailure failure) {
      boolean noTemplate = failure.status() == ExitStatus.NOT_FOUND;
      throw noTemplate ? failure.withStatus(ExitStatus.TEMPLATE_NOT_FOUND) : failure;
    }
  }
}
