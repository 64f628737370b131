package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo migrate}: a VPS goes on at another host. */
@Command(
    name = "migrate",
    description = "Moves a VPS to a peer, with name, address and connections.",
    footer = {
      "",
      "Example: letargo migrate web1 host2",
      "With --check-only nothing is touched; it ends with 0 if nothing is refused, else with 1.",
      "Until it is handed over, 'letargo ops cancel' or a failure leaves it here.",
      "One whose target is gone for good comes back by: letargo migrate --take-back web1"
    })
final class MigrateCommand extends CliCommand {
  private static final double MILLIS = 1000.0;
  private static final double HUNDRED = 100.0;

  @Parameters(index = "0", paramLabel = "NAME", description = "The VPS.")
  private VpsName name;

  @Parameters(index = "1", arity = "0..1", paramLabel = "PEER", description = "Where it goes.")
  private Optional<String> peer = Optional.empty();

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "How: stop (suspended, moved, resumed; as without it), precopy (memory and disk go while"
              + " it runs), postcopy (frozen, resumed there at once, and its memory follows while"
              + " it runs), auto (stop or precopy, whichever fits).")
  private Optional<String> mode = Optional.empty();

  @Option(
      names = "--downtime",
      paramLabel = "TIME",
      description =
          "With precopy and auto: in which what is left should be sent, such as 300ms, as without"
              + " it.")
  private Optional<Duration> downtime = Optional.empty();

  @Option(
      names = "--bandwidth",
      paramLabel = "SIZE",
      description = "The most that is sent in a second, such as 100M (bytes, in powers of 1024).")
  private Optional<DataSize> bandwidth = Optional.empty();

  @Option(
      names = "--keep-source",
      description =
          "Keep its checkpoints here, in a VPS that never runs again, and do not send them.")
  private boolean keepSource;

  @Option(
      names = "--take-back",
      description =
          "Let one go on here whose other host is gone: that was handed over to it, or is arriving"
              + " from it.")
  private boolean takeBack;

  @Option(
      names = "--check-only",
      description = "Only say whether it can move there, and what stands in the way.")
  private boolean checkOnly;

  @Option(names = "--yes", description = "With --take-back: the peer is gone for good; do not ask.")
  private boolean yes;

  @Mixin private Changes changes;

  @Override
  int run() throws IOException, InterruptedException {
    if (takeBack == peer.isPresent()) {
      throw new CliFailure(
          ExitStatus.INVALID_PARAMETER,
          "INVALID_REQUEST",
          "cannot migrate '" + name + "'",
          takeBack ? "--take-back takes no PEER" : "a PEER is missing",
          "See 'letargo migrate --help'.");
    }
    if (checkOnly && !takeBack) {
      return MigrationCheck.run(this, name, peer.orElseThrow());
    }
    return takeBack ? takeBack() : migrate();
  }

  private int migrate() throws InterruptedException {
    ObjectNode body = object().put("peer", peer.orElseThrow()).put("keepSource", keepSource);
    mode.ifPresent(given -> body.put("mode", given));
    downtime.ifPresent(given -> body.put("downtimeMillis", given.toMillis()));
    bandwidth.ifPresent(given -> body.put("bytesPerSecond", given.bytes()));
    JsonNode ended =
        changes.await(
            cli(),
            true,
            Optional.empty(),
            OperationView.of(api().post(path(name) + "/migrate", Optional.of(body))));
    if (output().isJson()) {
      output().document(ended);
    } else if (!changes.noWait()) {
      output().line(name + ": " + told(ended.path("moved")));
    }
    return ExitStatus.OK.number();
  }

  private String told(JsonNode moved) {
    if (!moved.isObject()) {
      return "moved to " + peer.orElseThrow();
    }
    long sent = moved.path("sentBytes").asLong();
    long size = moved.path("sizeBytes").asLong();
    long downtime = moved.path("downtimeMillis").asLong();
    StringBuilder said = new StringBuilder("moved to " + moved.path("peer").asText());
    said.append(" in ").append(seconds(moved.path("totalMillis").asLong()));
    if (downtime > 0) {
      said.append(", not running for ").append(seconds(downtime));
    }
    said.append(", ").append(DataSize.ofBytes(sent)).append(" sent");
    if (size > 0) {
      said.append(
          String.format(
              Locale.ROOT, " (%.0f %% of %s)", HUNDRED * sent / size, DataSize.ofBytes(size)));
    }
    if (moved.has("reason")) {
      said.append("; ").append(moved.path("mode").asText());
      said.append(", as ").append(moved.path("reason").asText());
    }
    JsonNode trouble = moved.path("peerFailure");
    if (trouble.isObject()) {
      said.append("; it is suspended there: ").append(trouble.path("why").asText());
    }
    return said.toString();
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f s", millis / MILLIS);
  }

  private int takeBack() throws IOException, InterruptedException {
    try {
      return takeBack(yes);
    } catch (CliFailure failure) {
      if (yes || !failure.code().equals("PEER_UNREACHABLE")) {
        throw failure;
      }
      output().failure(failure);
      Confirmation.require(
          this,
          "Is that host gone for good? If " + name + " runs there, there will be two.",
          "did not take back '" + name + "'");
      return takeBack(true);
    }
  }

  private int takeBack(boolean force) throws InterruptedException {
    ObjectNode body = object().put("force", force);
    JsonNode ended =
        changes.one(
            cli(),
            true,
            "goes on here",
            () -> api().post(path(name) + "/take-back", Optional.of(body)));
    if (output().isJson()) {
      output().document(ended);
    }
    return ExitStatus.OK.number();
  }
}
