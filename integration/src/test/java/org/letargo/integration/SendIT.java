package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.TestHost;
import org.letargo.integration.harness.Vps;

/** Two hosts become peers, and a checkpoint goes from one to the other. */
class SendIT {
  private static final int DIED = 137;

  private Instance here;
  private TestHost host;
  private Instance there;

  @BeforeEach
  void start() {
    here = Instance.start();
    host = TestHost.another();
    there = Instance.start(Instance.Options.DEFAULT.on(host).withSubnet(here.subnet()));
  }

  @AfterEach
  void close() {
    try (Instance _ = here;
        TestHost _ = host;
        Instance _ = there) {
      // each is closed, also if another one fails
    }
  }

  private static String letargo(Instance instance, String... line) {
    HostCommand.Result result = instance.cli().run(line);
    assertThat(result.status()).as(() -> List.of(line) + ": " + result.errors()).isZero();
    return result.output();
  }

  private void becomePeers() {
    String token = letargo(there, "peer", "token").strip();
    letargo(here, "peer", "add", "there", there.peerUrl(), "--token", token, "--as", "here");
  }

  @Test
  void sendsMemoryAndDiskAndOnlyWhatTheOtherLacks() {
    becomePeers();
    Vps web = here.createAndStart("web1", "tiny");
    web.sh("echo kept >/root/own; head -c 3000000 /dev/urandom >/root/noise");
    web.daemon("sleeper", "sh -c 'echo $$ >/root/pid; exec sleep 4321'");
    Awaitility.await("the program").until(() -> web.exec("test", "-s", "/root/pid").status() == 0);
    letargo(here, "checkpoint", "web1", "--label", "one");

    letargo(here, "send", "web1@one", "there");

    Vps moved = there.vps("web1");
    assertThat(moved.view().path("state").asText()).isEqualTo("suspended");
    assertThat(moved.view().path("address")).isEqualTo(web.view().path("address"));
    long whole = sentBytes();
    assertThat(whole).isGreaterThan(3_000_000);
    web.sh("echo more >>/root/own");
    web.stop(); // two with one address and the same connections must not both run
    letargo(here, "checkpoint", "web1", "--label", "two");
    letargo(here, "send", "web1@two", "there", "--name", "copy");
    assertThat(sentBytes()).isPositive().isLessThan(whole / 2);

    moved.resume();
    assertThat(moved.sh("cat /root/own /proc/$(cat /root/pid)/comm")).isEqualTo("kept\nsleep");
    assertThat(moved.sh("cat /root/noise | wc -c").strip()).isEqualTo("3000000");
    moved.suspend();
    moved.resume(); // and on from there
    Vps copy = there.vps("copy");
    copy.start();
    assertThat(copy.sh("cat /root/own")).isEqualTo("kept\nmore");
  }

  /** Of the last sending, as its operation says it. */
  private long sentBytes() {
    for (JsonNode operation : here.api().get("/v1/operations").path("operations")) {
      if (operation.path("kind").asText().equals("send")) {
        return operation.path("sentBytes").asLong();
      }
    }
    throw new AssertionError("nothing was sent");
  }

  /** By kill -9, at the point {@code send.midway} of {@code ExportVps}. */
  @Test
  void sendsAgainWhenTheHookThatSendsHasDied() {
    becomePeers();
    Vps web = here.createAndStart("web1", "tiny");
    web.sh("head -c 3000000 /dev/urandom >/root/noise");
    letargo(here, "checkpoint", "web1", "--label", "one");
    here.hook().stop();
    here.startHook("send.midway");
    awaitHook();

    HostCommand.Result broken = here.cli().run("send", "web1@one", "there");

    assertThat(broken.status()).as(broken.errors()).isNotZero();
    assertThat(here.hook().awaitEnd()).isEqualTo(DIED);
    Awaitility.await("the other host has given it up")
        .until(() -> there.api().vpsNames().isEmpty() && isIdle(there));
    here.startHook("");
    awaitHook();
    assertThat(here.vps("web1").state()).isEqualTo("running");
    letargo(here, "send", "web1@one", "there");
    assertThat(there.vps("web1").state()).isEqualTo("suspended");
  }

  private void awaitHook() {
    Awaitility.await("the manager sees the hook")
        .until(() -> here.api().send("GET", "/health", Map.of()).statusCode() == 200);
  }

  private static boolean isIdle(Instance instance) {
    for (JsonNode operation : instance.api().get("/v1/operations").path("operations")) {
      if (operation.path("state").asText().equals("running")) {
        return false;
      }
    }
    return true;
  }

  @Test
  void leavesNothingOnAHostThatRefuses() {
    becomePeers();
    here.createAndStart("web1", "tiny");
    letargo(here, "checkpoint", "web1", "--label", "one");
    there.create("web1", "tiny");

    HostCommand.Result refused = here.cli().run("send", "web1@one", "there");

    assertThat(refused.status()).isEqualTo(207);
    assertThat(refused.errors()).contains("refuses: ");
    letargo(there, "peer", "remove", "here");
    HostCommand.Result stranger = here.cli().run("send", "web1@one", "there", "--name", "web2");
    assertThat(stranger.status()).isEqualTo(207);
    assertThat(stranger.errors()).contains("it comes from no peer of this host");
    assertThat(there.api().vpsNames()).containsExactly("web1");
  }
}
