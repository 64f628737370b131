package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.integration.harness.Chance;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.LinkCut;
import org.letargo.integration.harness.OnlyOne;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.PeerGroup;
import org.letargo.integration.harness.Programs;
import org.letargo.integration.harness.TallyClient;
import org.letargo.integration.harness.Vps;

/**
 * Whatever dies or is cut while a VPS moves, on either side: afterwards exactly one host has it,
 * both agree, and it goes on with the one connection that a client has had to it from the first of
 * these tests on: each step is counted once. It never runs twice; the process table says so, and
 * not Letargo.
 */
class MigrationFaultsIT {
  private static final int DIED = 137;
  private static final int PORT = 7000;
  private static final int HEART_MEBIBYTES = 24; // so much that its memory comes late
  private static final String NAME = "web1";
  private static final Duration LONGEST = Duration.ofSeconds(90);
  private static final AtomicInteger INJECTED = new AtomicInteger();
  private static final AtomicInteger KEPT = new AtomicInteger();

  private static PeerGroup hosts;
  private static TallyClient client;
  private static OnlyOne one;
  private static Heart heart;

  /** Which of the two has the fault. */
  private enum Side {
    SOURCE,
    TARGET
  }

  /**
   * What becomes of it.
   *
   * @param faults as the hook reads them; the last one kills it
   * @param at where the VPS is afterwards
   * @param goesBack whether it runs already, on memory that still comes: as after any resume it is
   *     then suspended again in what it was resumed from, and connections have gone further
   */
  private record Point(Side side, String faults, Side at, boolean goesBack) {
    @Override
    public String toString() {
      return "the hook of the %s dies at %s: the VPS is at the %s"
          .formatted(side.name().toLowerCase(), faults, at.name().toLowerCase());
    }

    String last() {
      return faults.substring(faults.lastIndexOf(',') + 1);
    }
  }

  private static Point source(String faults, Side at) {
    return new Point(Side.SOURCE, faults, at, false);
  }

  private static Point target(String faults, Side at) {
    return new Point(Side.TARGET, faults, at, false);
  }

  private static Point targetThatRuns(String faults) {
    return new Point(Side.TARGET, faults, Side.TARGET, true);
  }

  /** In the order in which a migration passes them. */
  static Stream<Point> points() {
    return Stream.of(
        source("migrate.before-leave", Side.SOURCE),
        source("migrate.after-leave", Side.SOURCE),
        source("suspend.before-dump", Side.SOURCE),
        source("suspend.before-commit", Side.SOURCE),
        source("suspend.after-manifest", Side.SOURCE),
        source("suspend.after-timeline", Side.SOURCE),
        source("suspend.after-commit", Side.SOURCE),
        source("suspend.before-cleanup", Side.SOURCE),
        source("migrate.before-settled", Side.SOURCE),
        source("migrate.after-settle", Side.SOURCE),
        source("send.midway", Side.SOURCE),
        target("import.midway", Side.SOURCE),
        target("import.received", Side.SOURCE),
        target("import.after-manifest", Side.SOURCE),
        target("import.before-rename", Side.SOURCE),
        target("import.after-rename", Side.TARGET),
        target("migrate.after-arrive", Side.TARGET),
        source("migrate.after-send", Side.SOURCE),
        source("migrate.before-hand-over", Side.SOURCE),
        source("migrate.after-hand-over", Side.TARGET),
        target("migrate.before-take", Side.TARGET),
        target("resume.before-restore", Side.TARGET),
        target("migrate.before-owned", Side.TARGET),
        target("migrate.after-owned", Side.TARGET),
        target("resume.before-release", Side.TARGET),
        target("resume.after-release", Side.TARGET),
        target("resume.after-restore", Side.TARGET),
        targetThatRuns("migrate.before-settled-in"),
        targetThatRuns("migrate.after-take"),
        target("fail:resume.before-restore,migrate.before-give-back", Side.TARGET),
        target("fail:resume.before-restore,migrate.after-give-back", Side.SOURCE),
        target("fail:resume.before-restore,destroy.begin", Side.SOURCE),
        target("fail:resume.before-restore,destroy.after-rename", Side.SOURCE),
        source("fail:send.midway,migrate.before-take-back", Side.SOURCE),
        source("fail:send.midway,migrate.before-taken-back", Side.SOURCE),
        source("fail:send.midway,migrate.after-take-back", Side.SOURCE),
        source("migrate.before-release", Side.TARGET),
        source("destroy.begin", Side.TARGET),
        source("destroy.after-stop", Side.TARGET),
        source("destroy.after-rename", Side.TARGET),
        source("migrate.after-release", Side.TARGET));
  }

  /** What only others pass, or what is passed when it does not matter any more. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "migrate.after-drop",
          "migrate.after-send-past",
          "migrate.after-remember",
          "migrate.before-lent", // these and the following: PostcopyIT
          "migrate.after-lent",
          "migrate.lending",
          "migrate.loan-ended",
          "migrate.before-borrow",
          "migrate.borrowing");

  @BeforeAll
  static void start() {
    hosts = PeerGroup.of(2);
    Vps web = hosts.get(0).createAndStart(NAME, "tiny");
    heart = Heart.start(web, HEART_MEBIBYTES);
    String token = "token-" + Chance.port();
    web.daemon("tally", web.installPayload("tally") + " " + PORT + " " + token);
    client = new TallyClient(hosts.segment(), web.address(), PORT);
    one = new OnlyOne(token);
    client.expectToGoOn();
  }

  @AfterAll
  static void report() {
    System.out.printf(
        "%d injected faults, %d lost, 0 doubled; %d steps on the last connection, %d looks at the"
            + " process table%n",
        INJECTED.get(), INJECTED.get() - KEPT.get(), client.counted(), one.requireNeverTwo());
    try (PeerGroup _ = hosts;
        OnlyOne _ = one;
        TallyClient _ = client) {
      client.requireNoFailure();
    }
  }

  @AfterEach
  void healthy() {
    for (Instance instance : hosts.all()) {
      if (!instance.hook().isAlive()) {
        instance.startHook("");
      }
      if (!instance.manager().isAlive()) {
        instance.startManager();
      }
    }
  }

  @Test
  void knowsEveryPointOfMigrations() throws IOException {
    Set<String> named = new HashSet<>();
    Path sources =
        Programs.repository().resolve("runtime-hook/hook/src/main/java/org/letargo/hook/migration");
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.toList()) {
        Matcher at =
            Pattern.compile("Faults\\.at\\(\"([^\"]+)\"\\);").matcher(Files.readString(file));
        while (at.find()) {
          named.add(at.group(1));
        }
      }
    }

    assertThat(
            Stream.concat(points().map(Point::last), ELSEWHERE.stream())
                .filter(point -> point.startsWith("migrate.")))
        .containsExactlyInAnyOrderElementsOf(named);
  }

  /** Where the VPS is, and where it is to go. */
  private record Pair(Instance from, Instance to) {
    Instance at(Side side) {
      return side == Side.SOURCE ? from : to;
    }
  }

  private static Pair pair() {
    boolean isHere = !hosts.get(0).api().vpsNames().isEmpty();
    return isHere ? new Pair(hosts.get(0), hosts.get(1)) : new Pair(hosts.get(1), hosts.get(0));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("points")
  void survivesTheDeathOfAHook(Point point) {
    Pair pair = pair();
    Instance victim = pair.at(point.side());
    restartHook(victim, point.faults());
    if (point.goesBack()) {
      client.close();
    }

    INJECTED.incrementAndGet();
    Operation begun = migrate(pair);
    assertThat(victim.hook().awaitEnd()).isEqualTo(DIED);
    startHook(victim, "");

    if (point.goesBack()) {
      begin(pair, begun, point.at());
    }
    expectSettled(pair, begun, point.at());
  }

  /** Another connection, to a VPS that is what it was when it left. */
  private static void begin(Pair pair, Operation begun, Side at) {
    pair.from().api().await(begun, LONGEST);
    Vps web = pair.at(at).vps(NAME);
    Awaitility.await("it is there")
        .atMost(LONGEST)
        .until(() -> holders(pair).contains(pair.at(at)) && isSettled(web));
    if (web.state().equals("suspended")) {
      web.resume(); // its hook died while its memory came
    }
    client = new TallyClient(hosts.segment(), web.address(), PORT);
    heart = heart.in(web);
    heart.expectWhole();
  }

  private Operation migrate(Pair pair) {
    return pair.from()
        .api()
        .begin("POST", "/v1/vps/" + NAME + "/migrate", Map.of("peer", hosts.name(pair.to())));
  }

  private static void restartHook(Instance instance, String fault) {
    instance.hook().stop();
    startHook(instance, fault);
  }

  private static void startHook(Instance instance, String fault) {
    instance.startHook(fault);
    Awaitility.await("the manager sees the hook")
        .atMost(LONGEST)
        .until(() -> instance.api().send("GET", "/health", Map.of()).statusCode() == 200);
  }

  /** Both say the same, it runs, and nothing was lost or counted twice. */
  private void expectSettled(Pair pair, Operation begun, Side at) {
    pair.from().api().await(begun, LONGEST);
    Instance has = pair.at(at);
    Instance hasNot = pair.at(at == Side.SOURCE ? Side.TARGET : Side.SOURCE);
    try {
      Awaitility.await("both agree")
          .atMost(LONGEST)
          .until(() ->
              hasNot.api().vpsNames().isEmpty()
                  && has.api().vpsNames().equals(List.of(NAME))
                  && has.vps(NAME).view().path("migration").isMissingNode()
                  && isSettled(has.vps(NAME)));
      assertThat(has.vps(NAME).state()).isEqualTo("running");
      client.expectToGoOn();
      heart = heart.in(has.vps(NAME));
      heart.expectAlive();
      one.requireNeverTwo();
      KEPT.incrementAndGet();
    } catch (AssertionError | RuntimeException e) {
      System.out.println(hosts.logs());
      throw e;
    }
  }

  private static boolean isSettled(Vps vps) {
    return vps.view().path("operation").isMissingNode()
        && List.of("running", "suspended").contains(vps.state());
  }

  /**
   * A moment of a migration, which the hook of one side makes long.
   *
   * @param side whose hook comes there
   * @param delayed where it takes its time
   * @param at where the VPS is when all is over
   */
  private record Moment(Side side, String delayed, Side at) {
    /** Whether it has come so far, by what lies in its folders. */
    boolean isNow(Pair pair) {
      Path folder = pair.at(side).state().resolve("vps").resolve(NAME);
      String between = text(folder.resolve("migration.json"));
      return switch (delayed) {
        case "migrate.after-leave", "migrate.after-settle", "migrate.before-hand-over" ->
            between.contains("\"leaving\"")
                && (delayed.equals("migrate.after-leave") || between.contains("\"checkpoint\":\""));
        case "migrate.after-hand-over", "migrate.before-release" ->
            between.contains("\"handed-over\"");
        case "migrate.after-arrive", "migrate.before-take", "migrate.before-owned" ->
            between.contains("\"arriving\"");
        case "migrate.after-owned", "migrate.before-settled-in" ->
            Files.exists(pair.to().state().resolve("migrations")) && hasNotes(pair.to());
        default -> throw new AssertionError(delayed);
      };
    }

    private static boolean hasNotes(Instance instance) {
      try (Stream<Path> notes = Files.list(instance.state().resolve("migrations"))) {
        return notes.anyMatch(note -> text(note).contains("\"owned\""));
      } catch (IOException e) {
        return false;
      }
    }

    private static String text(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        return "";
      }
    }
  }

  private static List<Moment> moments() {
    return List.of(
        new Moment(Side.SOURCE, "migrate.after-leave", Side.SOURCE),
        new Moment(Side.SOURCE, "migrate.after-settle", Side.SOURCE),
        new Moment(Side.TARGET, "migrate.after-arrive", Side.SOURCE),
        new Moment(Side.SOURCE, "migrate.before-hand-over", Side.SOURCE),
        new Moment(Side.SOURCE, "migrate.after-hand-over", Side.TARGET),
        new Moment(Side.TARGET, "migrate.before-take", Side.TARGET),
        new Moment(Side.TARGET, "migrate.before-owned", Side.TARGET),
        new Moment(Side.TARGET, "migrate.after-owned", Side.TARGET),
        new Moment(Side.TARGET, "migrate.before-settled-in", Side.TARGET));
  }

  /** A manager and a moment. */
  private record Kill(Side victim, Moment moment) {
    @Override
    public String toString() {
      return "the manager of the %s is killed at %s"
          .formatted(victim.name().toLowerCase(), moment.delayed());
    }
  }

  static Stream<Kill> kills() {
    List<Kill> all = new ArrayList<>();
    moments()
        .forEach(moment -> {
          all.add(new Kill(Side.SOURCE, moment));
          all.add(new Kill(Side.TARGET, moment));
        });
    return all.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kills")
  void survivesTheDeathOfAManager(Kill kill) {
    Pair pair = pair();
    restartHook(pair.at(kill.moment().side()), "delay:" + kill.moment().delayed());
    INJECTED.incrementAndGet();
    Operation begun = migrate(pair);
    awaitMoment(kill.moment(), pair);
    pair.at(kill.victim()).manager().kill();
    pair.at(kill.victim()).startManager();

    expectSettledSomewhere(pair, begun);
  }

  private static void awaitMoment(Moment moment, Pair pair) {
    Awaitility.await(moment.delayed())
        .pollInterval(Duration.ofMillis(5))
        .atMost(LONGEST)
        .until(() -> moment.isNow(pair));
  }

  /** Who has it depends on who was quicker; that they agree does not. */
  private void expectSettledSomewhere(Pair pair, Operation begun) {
    pair.from().api().await(begun, LONGEST);
    Awaitility.await("one has it")
        .atMost(LONGEST)
        .until(() -> holders(pair).size() == 1 && isSettled(holders(pair).getFirst().vps(NAME)));
    Side at = holders(pair).getFirst() == pair.from() ? Side.SOURCE : Side.TARGET;
    expectSettled(pair, begun, at);
  }

  private static List<Instance> holders(Pair pair) {
    return Stream.of(pair.from(), pair.to())
        .filter(instance -> instance.api().vpsNames().contains(NAME))
        .filter(instance -> instance.vps(NAME).view().path("migration").isMissingNode())
        .toList();
  }

  /** A cut of so many seconds. */
  private record Cut(Moment moment, int seconds) {
    @Override
    public String toString() {
      return "the link is cut for %d s at %s".formatted(seconds, moment.delayed());
    }
  }

  static Stream<Cut> cuts() {
    List<Cut> all = new ArrayList<>();
    moments()
        .forEach(moment -> {
          all.add(new Cut(moment, 1));
          all.add(new Cut(moment, 10));
        });
    all.add(new Cut(moments().get(4), 60));
    all.add(new Cut(moments().get(7), 60));
    return all.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cuts")
  void survivesACutLink(Cut cut) {
    Pair pair = pair();
    restartHook(pair.at(cut.moment().side()), "delay:" + cut.moment().delayed());
    INJECTED.incrementAndGet();
    Operation begun = migrate(pair);
    awaitMoment(cut.moment(), pair);
    try (LinkCut link = LinkCut.between(pair.from(), pair.to())) {
      link.await(Duration.ofSeconds(cut.seconds()));
    }

    expectSettledSomewhere(pair, begun);
  }
}
