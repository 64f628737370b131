package org.letargo.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.LinkCut;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Switches;
import org.letargo.integration.harness.Traveller;
import org.letargo.integration.harness.Traveller.Side;
import org.letargo.integration.harness.Traveller.Way;

/**
 * A manager is killed, or the link between the two is cut, at every moment of a migration:
 * afterwards exactly one host has the VPS, and it goes on.
 */
class MigrationLinkIT {
  private static Traveller traveller;

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

  /**
   * A moment of a migration, which the hook of one side makes long.
   *
   * @param side whose hook comes there
   * @param delayed where it takes its time
   * @param at where the VPS is when all is over
   */
  private record Moment(Side side, String delayed, Side at) {
    /** Whether it has come so far, by what lies in its folders. */
    boolean isNow(Way way) {
      Path folder = way.at(side).state().resolve("vps").resolve(Traveller.NAME);
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
            Files.exists(way.to().state().resolve("migrations")) && hasNotes(way.to());
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
      return "the manager of the %s is killed at %s".formatted(victim, moment.delayed());
    }
  }

  static Stream<Kill> kills() {
    return moments().stream()
        .flatMap(moment -> Stream.of(Side.values()).map(side -> new Kill(side, moment)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kills")
  void survivesTheDeathOfAManager(Kill kill) {
    Way way = traveller.way();
    traveller.arm(way.at(kill.moment().side()), "delay:" + kill.moment().delayed());
    Operation begun = traveller.migrate(way);
    await(kill.moment(), way);
    way.at(kill.victim()).manager().kill();
    way.at(kill.victim()).startManager();

    traveller.expectSettledSomewhere(way, begun);
  }

  private static void await(Moment moment, Way way) {
    Awaitility.await(moment.delayed())
        .pollInterval(Duration.ofMillis(5))
        .atMost(Traveller.LONGEST)
        .until(() -> moment.isNow(way));
  }

  /** A cut of so many seconds. */
  private record Cut(Moment moment, int seconds) {
    @Override
    public String toString() {
      return "the link is cut for %d s at %s".formatted(seconds, moment.delayed());
    }
  }

  /** Long ones only where somebody has time. */
  static Stream<Cut> cuts() {
    List<Cut> all = new ArrayList<>();
    for (Moment moment : moments()) {
      all.add(new Cut(moment, 1));
      if (Switches.allFaults()) {
        all.add(new Cut(moment, 10));
        all.add(new Cut(moment, 60));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cuts")
  void survivesACutLink(Cut cut) {
    Way way = traveller.way();
    traveller.arm(way.at(cut.moment().side()), "delay:" + cut.moment().delayed());
    Operation begun = traveller.migrate(way);
    await(cut.moment(), way);
    try (LinkCut link = LinkCut.between(way.from(), way.to())) {
      link.await(Duration.ofSeconds(cut.seconds()));
    }

    traveller.expectSettledSomewhere(way, begun);
  }
}
