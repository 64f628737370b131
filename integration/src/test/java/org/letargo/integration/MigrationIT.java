package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.letargo.integration.harness.Chance;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.OnlyOne;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.PeerGroup;
import org.letargo.integration.harness.TallyClient;
import org.letargo.integration.harness.Vps;

/** A VPS moves between hosts on one segment, and a client on it does not notice. */
class MigrationIT {
  private static final int PORT = 7000;

  /** So much that its memory comes late. */
  private static final int HEART_MEBIBYTES = 48;

  private PeerGroup hosts;

  @BeforeEach
  void start() {
    hosts = PeerGroup.of(3);
  }

  @AfterEach
  void close() {
    hosts.close();
  }

  @Test
  void aConnectionGoesRoundThreeHosts() {
    Vps web = hosts.get(0).createAndStart("web1", "tiny");
    Heart heart = Heart.start(web, HEART_MEBIBYTES);
    String tally = web.installPayload("tally");
    String token = "token-" + Chance.port();
    web.daemon("tally", tally + " " + PORT + " " + token);
    Map<String, String> identity = identity(web);
    try (TallyClient client = new TallyClient(hosts.segment(), web.address(), PORT);
        OnlyOne one = new OnlyOne(token)) {
      client.expectToGoOn();
      for (int hop = 0; hop < 3; hop++) {
        Instance from = hosts.get(hop % 3);
        Instance to = hosts.get((hop + 1) % 3);
        Vps there = to.vps("web1");

        String said = PeerGroup.letargo(from, "migrate", "web1", hosts.name(to));

        System.out.print(said);
        assertThat(said).startsWith("web1: moved to " + hosts.name(to) + " in ");
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
      Operation last = hosts.get(2).api().newest("migrate");
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
