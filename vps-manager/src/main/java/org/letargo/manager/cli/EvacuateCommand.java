package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo evacuate}: all VPSes go on at other hosts. */
@Command(
    name = "evacuate",
    description = "Moves all VPSes of this host to peers, the smallest first.",
    footer = {
      "",
      "Each goes to the first peer that admits it; who comes next begins with the next peer.",
      "What no peer admits, or what fails, stays here and is told; the others go on.",
      "Example: letargo evacuate host2 host3 --mode auto"
    })
final class EvacuateCommand extends CliCommand {
  private static final int MOST_AT_ONCE = 16;

  /** What stands between two hosts, or is what is left of one that has moved. */
  private static final Set<String> NOT_HERE =
      Set.of("handed-over", "lent", "moved", "arriving", "borrowing");

  @Parameters(arity = "1..*", paramLabel = "PEER", description = "Where they go.")
  private List<String> peers;

  @Option(
      names = "--at-once",
      paramLabel = "N",
      defaultValue = "2",
      description = "How many move at the same time; ${DEFAULT-VALUE} unless given.")
  private int atOnce;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "auto",
      description = "How, as of migrate; ${DEFAULT-VALUE} unless given.")
  private String mode;

  @Option(names = "--downtime", paramLabel = "TIME", description = "As of migrate.")
  private Optional<Duration> downtime = Optional.empty();

  @Option(
      names = "--bandwidth",
      paramLabel = "SIZE",
      description = "The most that is sent in a second for each of them, such as 100M.")
  private Optional<DataSize> bandwidth = Optional.empty();

  private final AtomicInteger next = new AtomicInteger();

  @Override
  int run() throws InterruptedException {
    if (atOnce < 1 || atOnce > MOST_AT_ONCE) {
      throw new CliFailure(
          ExitStatus.INVALID_VALUE,
          "INVALID_REQUEST",
          "--at-once " + atOnce + " is refused",
          "it is from 1 to " + MOST_AT_ONCE,
          "Give a number such as 2.");
    }
    List<VpsName> names = smallestFirst(api().get("/v1/vps").path("vps"));
    List<Future<JsonNode>> moving = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(atOnce, Thread.ofVirtual().factory())) {
      for (VpsName name : names) {
        moving.add(threads.submit(() -> move(name)));
      }
      return Changes.collect(output(), moving);
    }
  }

  private static List<VpsName> smallestFirst(JsonNode vpses) {
    List<JsonNode> here = new ArrayList<>();
    for (JsonNode vps : vpses) {
      if (!NOT_HERE.contains(vps.path("migration").path("phase").asText())) {
        here.add(vps);
      }
    }
    here.sort(
        Comparator.<JsonNode>comparingLong(EvacuateCommand::size)
            .thenComparing(vps -> vps.path("name").asText()));
    return here.stream().map(vps -> new VpsName(vps.path("name").asText())).toList();
  }

  /** What it has in memory, or in the checkpoint that it is suspended in. */
  private static long size(JsonNode vps) {
    return Math.max(
        vps.path("memoryUsedBytes").asLong(), vps.path("checkpoint").path("sizeBytes").asLong());
  }

  private JsonNode move(VpsName name) throws InterruptedException {
    String peer = choose(name);
    ObjectNode body = object().put("peer", peer).put("mode", mode);
    downtime.ifPresent(given -> body.put("downtimeMillis", given.toMillis()));
    bandwidth.ifPresent(given -> body.put("bytesPerSecond", given.bytes()));
    OperationView ended =
        Changes.follow(
            cli(), false, OperationView.of(api().post(path(name) + "/migrate", Optional.of(body))));
    if (!ended.hasSucceeded()) {
      throw ended.failure();
    }
    if (!output().isJson()) {
      output().line(name + ": moved to " + peer);
    }
    return ended.json();
  }

  /** The first that admits it; each VPS begins with another one. */
  private String choose(VpsName name) {
    int first = next.getAndIncrement();
    String why = "";
    for (int i = 0; i < peers.size(); i++) {
      String peer = peers.get(Math.floorMod(first + i, peers.size()));
      JsonNode found;
      try {
        found = api().post(path(name) + "/migrate/check", Optional.of(object().put("peer", peer)));
      } catch (CliFailure failure) {
        if (peers.size() == 1) {
          throw failure;
        }
        why += (why.isEmpty() ? "" : "; ") + peer + ": " + failure.getMessage();
        continue;
      }
      if (found.path("admitted").asBoolean()) {
        return peer;
      }
      why += (why.isEmpty() ? "" : "; ") + peer + ": " + refusal(found);
    }
    throw new CliFailure(
        ExitStatus.PEER_REFUSED,
        "PEER_REFUSED",
        "VPS '" + name + "' stays here",
        "no peer admits it: " + Table.printable(why),
        "See 'letargo migrate " + name + " " + peers.getFirst() + " --check-only'.");
  }

  private static String refusal(JsonNode found) {
    for (JsonNode verdict : found.path("verdicts")) {
      if (verdict.path("level").asText().equals("refused")) {
        return verdict.path("finding").asText();
      }
    }
    return "it does not say why";
  }
}
