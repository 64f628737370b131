package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Programs;
import org.letargo.integration.harness.Traveller;
import org.letargo.integration.harness.Traveller.Side;
import org.letargo.integration.harness.Traveller.Way;

/**
 * A hook dies, as by kill -9, at every named point that a migration passes, on either side:
 * afterwards exactly one host has the VPS, and it goes on.
 */
class MigrationFaultsIT {
  private static final int DIED = 137;
  private static Traveller traveller;

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
      return "the hook of the %s dies at %s: the VPS is at the %s".formatted(side, faults, at);
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

  private static Point runsAt(Side side, String faults) {
    return new Point(side, faults, side, true);
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
        runsAt(Side.TARGET, "migrate.before-settled-in"),
        runsAt(Side.TARGET, "migrate.after-take"),
        target("fail:resume.before-restore,migrate.before-give-back", Side.TARGET),
        target("fail:resume.before-restore,migrate.after-give-back", Side.SOURCE),
        target("fail:resume.before-restore,destroy.begin", Side.SOURCE),
        target("fail:resume.before-restore,destroy.after-rename", Side.SOURCE),
        source("fail:send.midway,migrate.before-take-back", Side.SOURCE),
        runsAt(Side.SOURCE, "fail:send.midway,migrate.before-taken-back"),
        runsAt(Side.SOURCE, "fail:send.midway,migrate.after-take-back"),
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
    traveller = new Traveller();
  }

  @AfterAll
  static void report() {
    System.out.println(traveller.report());
    traveller.close();
  }

  @AfterEach
  void heal() {
    traveller.heal();
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

  @ParameterizedTest(name = "{0}")
  @MethodSource("points")
  void survivesTheDeathOfAHook(Point point) {
    Way way = traveller.way();
    Instance victim = way.at(point.side());
    traveller.arm(victim, point.faults());
    if (point.goesBack()) {
      traveller.disconnect();
    }

    Operation begun = traveller.migrate(way);
    assertThat(victim.hook().awaitEnd()).isEqualTo(DIED);
    traveller.startHook(victim, "");

    if (point.goesBack()) {
      traveller.connectAgain(way, begun, point.at());
    }
    traveller.expectSettled(way, begun, point.at());
  }
}
