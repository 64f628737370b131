package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.integration.harness.Api;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Switches;
import org.letargo.integration.harness.TestHost;
import org.letargo.integration.harness.Vps;

/**
 * A history of a VPS with redis and nginx: each point in it brings back exactly the memory and the
 * disk of that moment, in any order, also after others were forgotten and the store has been
 * collected, and also on another host.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TimeMachineIT {
  private static final int CHECKPOINTS = Switches.moments(40);
  private static final int REWINDS = Math.min(20, CHECKPOINTS / 5);
  private static final int TRAVELS = 2;

  @RegisterExtension static final Fixture letargo = Fixture.instance().sharingVpses();

  private static final Random RANDOM = new Random(11);
  private static final List<String> ids = new ArrayList<>();
  private static Vps web;

  @TempDir static Path folder;

  @BeforeAll
  static void livesAndIsCheckpointed() {
    long begin = System.nanoTime();
    web = letargo.get().createAndStart("web1", "debian-12");
    web.awaitSystemd();
    for (int i = 0; i < CHECKPOINTS; i++) {
      web.sh(
          "redis-cli set moment %1$d && echo %1$d > /root/moment && mkdir -p /root/d && : > /root/d/%1$d && echo %1$d > /var/www/html/moment"
              .formatted(i));
      ids.add(
          api()
              .run("POST", "/v1/vps/web1/checkpoints", Map.of("label", "moment-" + i))
              .json()
              .at("/checkpoint")
              .asText());
    }
    System.out.printf(
        "%d checkpoints in %d s%n", CHECKPOINTS, (System.nanoTime() - begin) / 1_000_000_000);
  }

  private static Api api() {
    return letargo.get().api();
  }

  @Test
  @Order(1)
  void theNextCheckpointsCostLittle() {
    long first = newBytes(0);
    long later = 0;
    for (int i = CHECKPOINTS / 2; i < CHECKPOINTS; i++) {
      later = Math.max(later, newBytes(i));
    }
    System.out.printf("new bytes: first %d, largest of the last dozen %d%n", first, later);

    assertThat(later).isLessThan(first / 2);
  }

  private static long newBytes(int moment) {
    return timeline().at("/checkpoints/" + moment + "/newBytes").asLong();
  }

  private static JsonNode timeline() {
    return api().get("/v1/vps/web1/checkpoints");
  }

  @Test
  @Order(2)
  void goesToAnyMoment() {
    List<Integer> moments = moments();
    long begin = System.nanoTime();
    for (int moment : moments.subList(0, REWINDS)) {
      rewind(moment);
      expect(moment);
    }
    System.out.printf(
        "%d rewinds, each looked at, in %d s%n",
        REWINDS, (System.nanoTime() - begin) / 1_000_000_000);
  }

  @Test
  @Order(3)
  void goesToAnyMomentThatIsLeft() {
    List<Integer> left = moments();
    List<Integer> forgotten = List.copyOf(left.subList(0, CHECKPOINTS / 2));
    left.removeAll(forgotten);
    for (int moment : forgotten) {
      api().run("DELETE", "/v1/vps/web1/checkpoints/" + ids.get(moment));
    }
    api().run("POST", "/v1/store/gc");
    assertThat(api().run("POST", "/v1/store/check").json().at("/findings/damaged")).isEmpty();

    for (int moment : left.subList(0, REWINDS / 2)) {
      rewind(moment);
      expect(moment);
    }
    JsonNode store = api().get("/v1/store");
    System.out.printf(
        "store: %d checkpoints of %d MiB in %d MiB%n",
        store.at("/checkpoints").asInt(),
        store.at("/contentBytes").asLong() >> 20,
        store.at("/storedBytes").asLong() >> 20);
  }

  @Test
  @Order(4)
  void goesToAMomentOnAnotherHost() {
    List<Integer> left =
        moments().stream().filter(moment -> exists(ids.get(moment))).limit(TRAVELS).toList();
    try (TestHost host = TestHost.another();
        Instance other =
            Instance.start(Instance.Options.DEFAULT.on(host).withSubnet(letargo.get().subnet()))) {
      for (int moment : left) {
        Path archive = folder.resolve("moment-" + moment + ".letargo");
        letargo.get().cli().run("export", "web1@" + ids.get(moment), archive.toString());
        other.api().importFrom(archive);
        Vps moved = other.vps("web1");
        moved.resume();
        expect(moved, other, moment);
        moved.destroy();
      }
    }
  }

  private static boolean exists(String id) {
    return timeline().at("/checkpoints").findValuesAsText("id").contains(id);
  }

  /** Where the present comes from is shown, and what is done from there branches off. */
  @Test
  @Order(5)
  void branches() {
    String from = timeline().at("/checkpoints/0/id").asText();
    api().run("POST", "/v1/vps/web1/rewind", Map.of("checkpoint", from, "discardCurrent", true));
    assertThat(timeline().at("/here").asText()).isEqualTo(from);

    String branch = api().run("POST", "/v1/vps/web1/checkpoints").json().at("/checkpoint").asText();

    JsonNode last = timeline().at("/checkpoints").get(timeline().at("/checkpoints").size() - 1);
    assertThat(last.at("/id").asText()).isEqualTo(branch);
    assertThat(last.at("/parent").asText()).isEqualTo(from);
    assertThat(timeline().at("/here").asText()).isEqualTo(branch);
  }

  private static List<Integer> moments() {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < CHECKPOINTS; i++) {
      all.add(i);
    }
    Collections.shuffle(all, RANDOM);
    return all;
  }

  private static void rewind(int moment) {
    api()
        .run(
            "POST",
            "/v1/vps/web1/rewind",
            Map.of("checkpoint", ids.get(moment), "discardCurrent", RANDOM.nextBoolean()));
  }

  private static void expect(int moment) {
    expect(web, letargo.get(), moment);
  }

  private static void expect(Vps vps, Instance on, int moment) {
    String told = String.valueOf(moment);
    assertThat(vps.sh("redis-cli get moment")).isEqualTo(told);
    assertThat(vps.sh("cat /root/moment")).isEqualTo(told);
    assertThat(vps.sh("ls /root/d | sort -n | tail -1")).isEqualTo(told);
    assertThat(vps.sh("systemctl is-system-running")).isEqualTo("running");
    assertThat(
            on.host().run("curl", "-sS", "-m", "10", "http://" + vps.address() + "/moment").strip())
        .isEqualTo(told);
  }
}
