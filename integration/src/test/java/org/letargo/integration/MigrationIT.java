package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.letargo.integration.harness.Chance;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.OnlyOne;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Segment;
import org.letargo.integration.harness.TallyClient;
import org.letargo.integration.harness.TestHost;
import org.letargo.integration.harness.Vps;

/** A VPS moves between hosts on one segment, and a client on it does not notice. */
class MigrationIT {
  private static final List<String> NAMES = List.of("host-a", "host-b", "host-c");
  private static final int PORT = 7000;

  /** So much that its memory comes late. */
  private static final int HEART_MEBIBYTES = 48;

  private final List<TestHost> hosts = new ArrayList<>();
  private final List<Instance> instances = new ArrayList<>();
  private Segment segment;

  @BeforeEach
  void start() {
    segment = new Segment();
    for (String _ : NAMES) {
      TestHost host = TestHost.another();
      hosts.add(host);
      Instance instance =
          Instance.start(Instance.Options.DEFAULT.on(host).withSubnet(segment.subnet()));
      instances.add(instance);
      segment.join(instance);
    }
    for (int here = 0; here < NAMES.size(); here++) {
      for (int there = here + 1; there < NAMES.size(); there++) {
        becomePeers(here, there);
      }
    }
  }

  @AfterEach
  void close() {
    AssertionError failure = null;
    for (Instance instance : instances) {
      try {
        instance.close();
      } catch (AssertionError e) {
        failure = e;
      }
    }
    hosts.forEach(TestHost::close);
    segment.close();
    if (failure != null) {
      throw failure;
    }
  }

  private static String letargo(Instance instance, String... line) {
    HostCommand.Result result = instance.cli().run(line);
    assertThat(result.status()).as(() -> List.of(line) + ": " + result.errors()).isZero();
    return result.output();
  }

  private void becomePeers(int here, int there) {
    String token = letargo(instances.get(there), "peer", "token").strip();
    letargo(
        instances.get(here),
        "peer",
        "add",
        NAMES.get(there),
        instances.get(there).peerUrl(),
        "--token",
        token,
        "--as",
        NAMES.get(here));
  }

  @Test
  void aConnectionGoesRoundThreeHosts() {
    Vps web = instances.getFirst().createAndStart("web1", "tiny");
    Heart heart = Heart.start(web, HEART_MEBIBYTES);
    String tally = web.installPayload("tally");
    String token = "token-" + Chance.port();
    web.daemon("tally", tally + " " + PORT + " " + token);
    Map<String, String> identity = identity(web);
    try (TallyClient client = new TallyClient(segment, web.address(), PORT);
        OnlyOne one = new OnlyOne(token)) {
      client.expectToGoOn();
      for (int hop = 0; hop < 3; hop++) {
        Instance from = instances.get(hop % 3);
        int next = (hop + 1) % 3;
        Vps there = instances.get(next).vps("web1");

        String said = letargo(from, "migrate", "web1", NAMES.get(next));

        System.out.print(said);
        assertThat(said).startsWith("web1: moved to " + NAMES.get(next) + " in ");
        assertThat(from.api().vpsNames()).isEmpty();
        client.expectToGoOn();
        System.out.printf("longest gap of the client: %d ms%n", client.longestGap().toMillis());
        assertThat(there.state()).isEqualTo("running");
        assertThat(identity(there)).isEqualTo(identity);
        heart = heart.in(there);
        heart.expectAlive();
        from.sweepVpses();
      }
      System.out.printf(
          "%d steps on one connection, %d looks at the process table%n",
          client.counted(), one.requireNeverTwo());
      Operation last = instances.get(2).api().newest("migrate");
      assertThat(last.json().at("/moved/sentBytes").asLong())
          .isLessThan(last.json().at("/moved/sizeBytes").asLong());
    }
  }

  private static Map<String, String> identity(Vps vps) {
    return Map.of(
        "address", vps.address(),
        "mac", vps.view().path("mac").asText(),
        "memory", vps.view().path("memoryBytes").asText(),
        "pids", vps.view().path("pids").asText());
  }
}
