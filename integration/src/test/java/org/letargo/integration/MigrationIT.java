package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.letargo.integration.harness.Chance;
import org.letargo.integration.harness.Failure;
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

  private static PeerGroup hosts;

  @BeforeAll
  static void start() {
    hosts = PeerGroup.of(3);
  }

  @AfterAll
  static void close() {
    hosts.close();
  }

  @AfterEach
  void destroyAll() {
    for (Instance instance : hosts.all()) {
      instance.destroyAll();
      instance.sweepVpses();
    }
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

  private static Instance a() {
    return hosts.get(0);
  }

  private static Instance b() {
    return hosts.get(1);
  }

  private static Failure refused(Instance from, String name, Instance to) {
    return from.api().fails("POST", "/v1/vps/" + name + "/migrate", Map.of("peer", hosts.name(to)));
  }

  @Test
  void aStoppedOneMovesWithItsDisk() {
    Vps web = a().createAndStart("web1", "tiny");
    web.sh("echo kept >/root/own");
    web.stop();

    PeerGroup.letargo(a(), "migrate", "web1", hosts.name(b()));

    assertThat(a().api().vpsNames()).isEmpty();
    Vps there = b().vps("web1");
    assertThat(there.state()).isEqualTo("stopped");
    there.start();
    assertThat(there.sh("cat /root/own")).isEqualTo("kept");
  }

  @Test
  void aPausedOneIsPausedThere() {
    Vps web = a().createAndStart("web1", "tiny");
    Heart heart = Heart.start(web, 4);
    web.act("pause");

    PeerGroup.letargo(a(), "migrate", "web1", hosts.name(b()));

    Vps there = b().vps("web1");
    assertThat(there.state()).isEqualTo("paused");
    there.act("unpause");
    heart.in(there).expectAlive();
  }

  @Test
  void aSuspendedOneIsSuspendedThere() {
    Vps web = a().createAndStart("web1", "tiny");
    Heart heart = Heart.start(web, 4);
    web.suspend();

    PeerGroup.letargo(a(), "migrate", "web1", hosts.name(b()));

    Vps there = b().vps("web1");
    assertThat(there.state()).isEqualTo("suspended");
    there.resume();
    heart.in(there).expectAlive();
  }

  @Test
  void itsPastFollowsItAndComesBack() {
    Vps web = a().createAndStart("web1", "tiny");
    web.sh("echo first >/root/own");
    PeerGroup.letargo(a(), "checkpoint", "web1", "--label", "first", "--note", "the very first");
    web.sh("echo second >/root/own");
    PeerGroup.letargo(a(), "checkpoint", "web1", "--label", "second");
    PeerGroup.letargo(a(), "pin", "web1@second");
    web.sh("echo third >/root/own");

    PeerGroup.letargo(a(), "migrate", "web1", hosts.name(b()));

    assertThat(a().api().vpsNames()).isEmpty();
    System.out.print(PeerGroup.letargo(b(), "timeline", "web1"));
    JsonNode all = b().api().get("/v1/vps/web1/checkpoints").path("checkpoints");
    assertThat(labels(all)).containsExactly("first", "second", "");
    assertThat(all.at("/0/note").asText()).isEqualTo("the very first");
    assertThat(all.at("/1/pinned").asBoolean()).isTrue();
    assertThat(all.at("/1/parent")).isEqualTo(all.at("/0/id"));
    assertThat(all.at("/2/parent")).isEqualTo(all.at("/1/id"));
    assertThat(all.at("/2/kind").asText()).isEqualTo("migrate");
    Vps there = b().vps("web1");
    PeerGroup.letargo(b(), "rewind", "web1", "first");
    assertThat(there.sh("cat /root/own")).isEqualTo("first");
    assertThat(b().api().run("POST", "/v1/store/check").json().at("/findings/damaged")).isEmpty();

    PeerGroup.letargo(b(), "migrate", "web1", hosts.name(a()));

    assertThat(labels(a().api().get("/v1/vps/web1/checkpoints").path("checkpoints")))
        .contains("first", "second");
    PeerGroup.letargo(a(), "rewind", "web1", "second");
    assertThat(web.sh("cat /root/own")).isEqualTo("second");
  }

  private static List<String> labels(JsonNode checkpoints) {
    List<String> labels = new ArrayList<>();
    checkpoints.forEach(entry -> labels.add(entry.path("label").asText()));
    return labels;
  }

  @Test
  void whatIsKeptAtTheSourceNeverRunsAgain() {
    Vps web = a().createAndStart("web1", "tiny");
    PeerGroup.letargo(a(), "checkpoint", "web1", "--label", "wanted");

    PeerGroup.letargo(a(), "migrate", "web1", hosts.name(b()), "--keep-source");

    assertThat(PeerGroup.letargo(a(), "list")).contains("moved to " + hosts.name(b()));
    assertThat(PeerGroup.letargo(a(), "timeline", "web1")).contains("wanted");
    for (String verb : List.of("start", "resume", "checkpoints")) {
      assertThat(a().api().refused("POST", "/v1/vps/web1/" + verb, Map.of()).why())
          .startsWith("it has moved to host '" + hosts.name(b()) + "'");
    }
    assertThat(refused(b(), "web1", a()).why())
        .startsWith("there is one of that name; it has moved to host 'host-b'");
    assertThat(b().vps("web1").state()).isEqualTo("running");
    web.destroy();
    PeerGroup.letargo(b(), "migrate", "web1", hosts.name(a()));
    assertThat(a().vps("web1").state()).isEqualTo("running");
  }

  @Test
  void isRefusedWithTheReasonAndNotTouched() {
    Vps web =
        a().vps(
                a().api()
                    .run(
                        "POST",
                        "/v1/vps",
                        Map.of("name", "web1", "template", "tiny", "publish", List.of("21080:80")))
                    .vps());
    web.start();
    long pid = web.initPid();
    b().create("other", "tiny"); // each host gives its first VPS the same address
    assertThat(refused(a(), "web1", b()).why())
        .isEqualTo("VPS 'other' has its address " + web.address());
    b().destroyAll();
    b().create("web1", "tiny");
    assertThat(refused(a(), "web1", b()).why()).isEqualTo("there is one of that name");
    b().destroyAll();
    b().create("first", "tiny");
    b().api()
        .run(
            "POST",
            "/v1/vps",
            Map.of("name", "second", "template", "tiny", "publish", List.of("21080:81")));
    b().vps("first").destroy();
    assertThat(refused(a(), "web1", b()).why())
        .isEqualTo("VPS 'second' has port 21080 of that host");
    assertThat(refused(a(), "web1", a()).why()).contains("none of that name was added");

    assertThat(web.initPid()).isEqualTo(pid);
    assertThat(web.state()).isEqualTo("running");
    assertThat(web.view().path("migration").isMissingNode()).isTrue();
  }

  @Test
  void tellsTheSiteWhereItIs() throws IOException {
    Path said = b().folder().resolve("said");
    Files.writeString(b().onArrival(), "#!/bin/sh\necho \"$@\" >>" + said + "\n");
    Files.setPosixFilePermissions(b().onArrival(), PosixFilePermissions.fromString("rwxr-xr-x"));
    Vps web = a().createAndStart("web1", "tiny");
    String address = web.address();

    PeerGroup.letargo(a(), "migrate", "web1", hosts.name(b()));

    assertThat(said).hasContent("web1 " + address);
    Files.delete(b().onArrival());
  }

  private static Map<String, String> identity(Vps vps) {
    return Map.of(
        "address", vps.address(),
        "mac", vps.view().path("mac").asText(),
        "memory", vps.view().path("memoryBytes").asText(),
        "pids", vps.view().path("pids").asText());
  }
}
