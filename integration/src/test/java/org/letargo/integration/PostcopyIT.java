package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.integration.harness.Chance;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.OnlyOne;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.PeerGroup;
import org.letargo.integration.harness.TallyClient;
import org.letargo.integration.harness.Vps;

/** A VPS runs on another host before its memory is there. */
class PostcopyIT {
  private static final int PORT = 7000;
  private static final int DIED = 137;
  private static final String NAME = "web1";
  private static final Duration LONGEST = Duration.ofMinutes(4);
  private static final AtomicInteger INJECTED = new AtomicInteger();
  private static final AtomicInteger KEPT = new AtomicInteger();

  private final String token = "token-" + Chance.port();
  private PeerGroup hosts;
  private Instance source;
  private Instance target;

  @BeforeEach
  void start() {
    hosts = PeerGroup.of(2);
    source = hosts.get(0);
    target = hosts.get(1);
  }

  @AfterEach
  void close() {
    hosts.close();
  }

  @AfterAll
  static void report() {
    System.out.printf(
        "%d injected faults in post-copy, %d lost or doubled%n",
        INJECTED.get(), INJECTED.get() - KEPT.get());
  }

  private Vps startVps(int mebibytes) {
    HostCommand.Result made =
        source.cli().run("create", NAME, "--template", "tiny", "--memory", (mebibytes + 256) + "M");
    assertThat(made.status()).as(made.errors()).isZero();
    Vps web = source.vps(NAME);
    web.start();
    web.daemon("tally", web.installPayload("tally") + " " + PORT + " " + token);
    return web;
  }

  private Operation migrate() {
    return source
        .api()
        .begin(
            "POST",
            "/v1/vps/" + NAME + "/migrate",
            Map.of("peer", hosts.name(target), "mode", "postcopy"));
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 1024})
  void aConnectionGoesOnWhileTheMemoryFollows(int mebibytes) {
    Vps web = startVps(mebibytes);
    Heart heart = Heart.start(web, mebibytes);
    try (TallyClient client = new TallyClient(hosts.segment(), web.address(), PORT);
        OnlyOne one = new OnlyOne(token)) {
      client.expectToGoOn();

      Operation moved = source.api().await(migrate(), LONGEST);
      moved.expectSucceeded();

      client.expectToGoOn();
      System.out.printf(
          "%d MiB: longest gap of the client %d ms, all in %d ms, %d looks at the process table%n",
          mebibytes,
          client.longestGap().toMillis(),
          moved.json().at("/moved/totalMillis").asLong(),
          one.requireNeverTwo());
      assertThat(moved.json().at("/moved/mode").asText()).isEqualTo("postcopy");
      assertThat(moved.json().at("/moved/sentBytes").asLong())
          .isGreaterThan((long) mebibytes << 20);
    }
    assertThat(source.api().vpsNames()).isEmpty();
    Vps there = target.vps(NAME);
    assertThat(there.state()).isEqualTo("running");
    heart.in(there).expectAlive();
    assertThat(target.api().get("/v1/vps/" + NAME + "/checkpoints").path("checkpoints"))
        .as("its memory was never in one")
        .isEmpty();
    source.sweepVpses();
  }

  /**
   * What becomes of it.
   *
   * @param isOfSource whose hook dies
   * @param point where
   * @param stays whether the VPS goes on at the source
   */
  private record Death(boolean isOfSource, String point, boolean stays) {
    @Override
    public String toString() {
      return "the hook of the %s dies at %s: the VPS is at the %s"
          .formatted(isOfSource ? "source" : "target", point, stays ? "source" : "target");
    }
  }

  static Stream<Death> deaths() {
    return Stream.of(
        new Death(true, "lend.before-dump", true),
        new Death(true, "lend.before-commit", true),
        new Death(true, "lend.after-commit", true),
        new Death(true, "lend.frozen", true),
        new Death(true, "migrate.before-lent", true),
        new Death(true, "migrate.after-lent", true),
        new Death(true, "migrate.lending", true),
        new Death(true, "migrate.before-hand-over", true),
        new Death(true, "migrate.after-hand-over", true),
        new Death(true, "migrate.loan-ended", false),
        new Death(false, "migrate.before-borrow", true),
        new Death(false, "migrate.borrowing", true),
        new Death(false, "migrate.before-owned", true),
        new Death(false, "migrate.after-owned", false));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("deaths")
  void survivesTheDeathOfAHook(Death death) {
    Heart heart = Heart.start(startVps(24), 24);
    Instance victim = death.isOfSource() ? source : target;
    victim.hook().stop();
    startHook(victim, death.point());
    try (OnlyOne one = new OnlyOne(token)) {
      INJECTED.incrementAndGet();
      Operation begun = migrate();
      assertThat(victim.hook().awaitEnd()).isEqualTo(DIED);
      startHook(victim, "");
      source.api().await(begun, LONGEST);

      expectAt(death.stays() ? source : target, death.stays() ? target : source, heart);
      one.requireNeverTwo();
      KEPT.incrementAndGet();
    }
  }

  private static void startHook(Instance instance, String fault) {
    instance.startHook(fault);
    Awaitility.await("the manager sees the hook")
        .atMost(LONGEST)
        .until(() -> instance.api().send("GET", "/health", Map.of()).statusCode() == 200);
  }

  /** Both say the same, and it goes on with the memory that it had. */
  private void expectAt(Instance has, Instance hasNot, Heart heart) {
    try {
      Awaitility.await("both agree")
          .atMost(LONGEST)
          .until(() ->
              hasNot.api().vpsNames().isEmpty()
                  && has.api().vpsNames().equals(List.of(NAME))
                  && has.vps(NAME).view().path("migration").isMissingNode()
                  && has.vps(NAME).view().path("operation").isMissingNode()
                  && has.vps(NAME).state().equals("running"));
      heart.in(has.vps(NAME)).expectAlive();
    } catch (AssertionError | RuntimeException e) {
      System.out.println(hosts.logs());
      throw e;
    }
  }
}
