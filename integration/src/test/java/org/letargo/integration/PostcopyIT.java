package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

/** A VPS runs on another host before its memory is there. */
class PostcopyIT {
  private static final int PORT = 7000;

  private final List<TestHost> hosts = new ArrayList<>();
  private final String token = "token-" + Chance.port();
  private Segment segment;
  private Instance source;
  private Instance target;

  @BeforeEach
  void start() {
    segment = new Segment();
    source = startHost();
    target = startHost();
    String join = letargo(target, "peer", "token").strip();
    letargo(source, "peer", "add", "there", target.peerUrl(), "--token", join, "--as", "here");
  }

  private Instance startHost() {
    TestHost host = TestHost.another();
    hosts.add(host);
    Instance instance =
        Instance.start(Instance.Options.DEFAULT.on(host).withSubnet(segment.subnet()));
    segment.join(instance);
    return instance;
  }

  @AfterEach
  void close() {
    try {
      source.close();
    } finally {
      target.close();
      hosts.forEach(TestHost::close);
      segment.close();
    }
  }

  private static String letargo(Instance instance, String... line) {
    HostCommand.Result result = instance.cli().run(line);
    assertThat(result.status()).as(() -> List.of(line) + ": " + result.errors()).isZero();
    return result.output();
  }

  private Vps startVps(int mebibytes) {
    letargo(source, "create", "web1", "--template", "tiny", "--memory", (mebibytes + 256) + "M");
    Vps web = source.vps("web1");
    web.start();
    web.daemon("tally", web.installPayload("tally") + " " + PORT + " " + token);
    return web;
  }

  @ParameterizedTest
  @ValueSource(ints = {256})
  void aConnectionGoesOnWhileTheMemoryFollows(int mebibytes) {
    Vps web = startVps(mebibytes);
    Heart heart = Heart.start(web, mebibytes);
    try (TallyClient client = new TallyClient(segment, web.address(), PORT);
        OnlyOne one = new OnlyOne(token)) {
      client.expectToGoOn();

      System.out.print(letargo(source, "migrate", "web1", "there", "--mode", "postcopy"));

      client.expectToGoOn();
      System.out.printf(
          "%d MiB: longest gap of the client %d ms, %d looks at the process table%n",
          mebibytes, client.longestGap().toMillis(), one.requireNeverTwo());
    }
    assertThat(source.api().vpsNames()).isEmpty();
    Vps there = target.vps("web1");
    assertThat(there.state()).isEqualTo("running");
    heart.in(there).expectAlive();
    Operation moved = source.api().newest("migrate");
    assertThat(moved.json().at("/moved/mode").asText()).isEqualTo("postcopy");
    assertThat(moved.json().at("/moved/sentBytes").asLong()).isGreaterThan((long) mebibytes << 20);
    source.sweepVpses();
  }
}
