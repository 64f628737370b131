package org.letargo.integration.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.PeerGroup;
import org.letargo.integration.harness.Requirements;
import org.letargo.integration.harness.TallyClient;
import org.letargo.integration.harness.Vps;

/**
 * Measures migrations between two hosts on one segment, {@code BENCH_RUNS} times (3) after one that
 * does not count: of 256 MiB and 1 GiB, half of each page random, of which 0, 20 or 100 MiB are
 * filled anew in each second, in all modes, at a gigabit a second. How long all took, how long a
 * client that asks every 20 ms waited, what went over the wire, and how long the wire needs for
 * that by itself. The target keeps nothing from before; what there is in memory is looked at after
 * each. SIZES, RATES and MODES in the environment are others.
 */
public final class MigrateBench {
  private static final String NAME = "bench";
  private static final int PORT = 7000;
  private static final long WIRE_BYTES_PER_SECOND = 125_000_000;

  private final PeerGroup hosts;
  private final int runs;

  private MigrateBench(PeerGroup hosts, int runs) {
    this.hosts = hosts;
    this.runs = runs;
  }

  public static void main(String[] arguments) {
    int runs = Integer.parseInt(System.getenv().getOrDefault("BENCH_RUNS", "3"));
    Requirements.check();
    System.out.println("load: " + Machine.load());
    System.out.println("median (smallest-largest) of " + runs);
    System.out.println(
        "| MiB | changed/s | mode | total, s | gap, s | sent, MiB | sent / size | wire, s | total /"
            + " wire |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    for (String mebibytes : words("SIZES", "256 1024")) {
      for (String rate : words("RATES", "0 20 100")) {
        try (PeerGroup hosts = PeerGroup.of(2, AsInstalled.options())) {
          new MigrateBench(hosts, runs).run(Integer.parseInt(mebibytes), Integer.parseInt(rate));
        }
      }
    }
    System.out.println("load: " + Machine.load());
  }

  private static List<String> words(String variable, String usual) {
    return List.of(System.getenv().getOrDefault(variable, usual).split(" "));
  }

  private void run(int mebibytes, int rate) {
    Instance first = hosts.get(0);
    first
        .api()
        .run(
            "POST",
            "/v1/vps",
            Map.of(
                "name", NAME, "template", "tiny", "memoryBytes", (mebibytes * 3L / 2 + 64) << 20));
    Vps vps = first.vps(NAME);
    vps.start();
    vps.daemon("tally", vps.installPayload("tally") + " " + PORT + " bench");
    Load load = Load.memory(mebibytes, rate);
    vps.installPayload("fill");
    vps.sh(load.begin());
    int at = 0;
    try (TallyClient client = new TallyClient(hosts.segment(), vps.address(), PORT)) {
      client.expectToGoOn();
      for (String mode : words("MODES", "stop precopy postcopy auto")) {
        List<Double> totals = new ArrayList<>();
        List<Double> gaps = new ArrayList<>();
        List<Double> sent = new ArrayList<>();
        for (int run = 0; run <= runs; run++) {
          Instance from = hosts.get(at);
          at = 1 - at;
          hosts.get(at).api().run("POST", "/v1/store/gc"); // nothing of it is there from before
          client.longestGap();
          JsonNode moved = move(from, hosts.get(at), mode);
          client.expectToGoOn();
          if (run > 0) {
            gaps.add(client.longestGap().toNanos() / 1e9);
            totals.add(moved.path("totalMillis").asDouble() / 1e3);
            sent.add(moved.path("sentBytes").asDouble());
          }
          hosts.get(at).vps(NAME).sh(load.check());
        }
        print(mebibytes, rate, mode, totals, gaps, sent);
      }
    }
    hosts.get(at).vps(NAME).destroy();
  }

  private JsonNode move(Instance from, Instance to, String mode) {
    Operation operation =
        from.api()
            .await(
                from.api()
                    .begin(
                        "POST",
                        "/v1/vps/" + NAME + "/migrate",
                        Map.of(
                            "peer",
                            hosts.name(to),
                            "mode",
                            mode,
                            "bytesPerSecond",
                            WIRE_BYTES_PER_SECOND)))
            .expectSucceeded();
    return operation.json().path("moved");
  }

  private static void print(
      int mebibytes,
      int rate,
      String mode,
      List<Double> totals,
      List<Double> gaps,
      List<Double> sent) {
    double bytes = new Samples(sent).median();
    double wire = bytes / WIRE_BYTES_PER_SECOND;
    System.out.printf(
        Locale.ROOT,
        "| %d | %d | %s | %s | %s | %.0f | %.2f | %.2f | %.2f |%n",
        mebibytes,
        rate,
        mode,
        new Samples(totals).text(Samples.Unit.SECONDS),
        new Samples(gaps).text(Samples.Unit.SECONDS),
        bytes / (1 << 20),
        bytes / ((double) mebibytes * (1 << 20)),
        wire,
        new Samples(totals).median() / wire);
  }
}
