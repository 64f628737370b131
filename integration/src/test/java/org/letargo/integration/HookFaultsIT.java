package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Programs;
import org.letargo.integration.harness.Vps;

/**
 * The hook dies, as by kill -9, at every named point of every change. When it is there again the
 * VPS is what the table says, its memory is whole, the operation has ended, and the next change
 * works; the fixture then looks for what is left over.
 */
class HookFaultsIT {
  private static final int DIED = 137;
  private static final int HEART_MEBIBYTES = 4;

  /** So much that it is resumed lazily. */
  private static final int LAZY_MEBIBYTES = 48;

  private static final Set<String> LAZY =
      Set.of("resume.loading", "resume.loaded", "resume.broken");

  /** It takes two hosts: {@link SendIT}. */
  private static final String OF_TWO_HOSTS = "send.midway";

  private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(20);
  private static final String NAME = "patient";

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  private static int injected;
  private static int kept;

  @TempDir private Path scratch;

  /**
   * What becomes of the VPS.
   *
   * @param before its state when the change begins
   * @param after its state when the hook is there again; "gone" if there is none
   * @param end the state of the operation then
   */
  private record Point(String name, String before, String after, String end) {
    @Override
    public String toString() {
      return "%s: a VPS that was %s is %s, the operation has %s"
          .formatted(name, before, after, end);
    }

    Point inState(String now) {
      return new Point(name, before, now, end);
    }

    String verb() {
      return name.substring(0, name.indexOf('.'));
    }

    /** It comes to this one only if something has failed before. */
    String fault() {
      return name.equals("resume.broken") ? "fail:resume.loading," + name : name;
    }
  }

  /** In the order in which the changes pass them. */
  static Stream<Point> points() {
    return Stream.of(
        new Point("create.before-rename", "gone", "gone", "failed"),
        new Point("create.after-rename", "gone", "stopped", "succeeded"),
        new Point("start.before-create", "stopped", "stopped", "failed"),
        new Point("start.after-create", "stopped", "stopped", "failed"),
        new Point("start.after-start", "stopped", "running", "succeeded"),
        new Point("suspend.before-dump", "running", "running", "failed"),
        new Point("suspend.before-commit", "running", "running", "failed"),
        new Point("suspend.after-manifest", "running", "running", "failed"),
        new Point("suspend.after-timeline", "running", "running", "failed"),
        new Point("suspend.before-verify", "running", "running", "failed"),
        new Point("suspend.after-verify", "running", "running", "failed"),
        new Point("suspend.after-commit", "running", "running", "failed"),
        new Point("suspend.before-cleanup", "running", "suspended", "succeeded"),
        new Point("suspend.after-journal", "running", "suspended", "succeeded"),
        new Point("checkpoint.before-dump", "running", "running", "failed"),
        new Point("checkpoint.before-commit", "running", "running", "failed"),
        new Point("checkpoint.after-thaw", "running", "running", "failed"),
        new Point("checkpoint.after-manifest", "running", "running", "failed"),
        new Point("checkpoint.after-timeline", "running", "running", "succeeded"),
        new Point("verify.before-restore", "running", "running", "failed"),
        new Point("verify.before-compare", "running", "running", "failed"),
        new Point("verify.after-compare", "running", "running", "failed"),
        new Point("verify.after-restore", "running", "running", "failed"),
        new Point("verify.before-result", "running", "running", "failed"),
        new Point("verify.after-result", "running", "running", "failed"),
        new Point("forget.before-remove", "running", "running", "failed"),
        new Point("forget.after-remove", "running", "running", "succeeded"),
        new Point("rewind.after-present", "running", "suspended", "failed"),
        new Point("rewind.before-resume", "running", "suspended", "failed"),
        new Point("clone.after-present", "running", "running", "failed"),
        new Point("clone.before-rename", "running", "running", "failed"),
        new Point("clone.after-rename", "running", "running", "failed"),
        new Point("resume.before-restore", "suspended", "suspended", "failed"),
        new Point("resume.before-release", "suspended", "suspended", "failed"),
        new Point("resume.after-release", "suspended", "suspended", "failed"),
        new Point("resume.after-restore", "suspended", "running", "succeeded"),
        new Point("resume.after-journal", "suspended", "running", "succeeded"),
        new Point("resume.loading", "suspended", "suspended", "succeeded"),
        new Point("resume.loaded", "suspended", "suspended", "succeeded"),
        new Point("resume.broken", "suspended", "suspended", "succeeded"),
        new Point("export.midway", "suspended", "suspended", "failed"),
        new Point("import.midway", "gone", "gone", "failed"),
        new Point("import.received", "gone", "gone", "failed"),
        new Point("import.after-manifest", "gone", "gone", "failed"),
        new Point("import.before-rename", "gone", "gone", "failed"),
        new Point("import.after-rename", "gone", "suspended", "succeeded"),
        new Point("destroy.begin", "running", "gone", "succeeded"),
        new Point("destroy.after-stop", "suspended", "gone", "succeeded"),
        new Point("destroy.after-rename", "running", "gone", "succeeded"));
  }

  @AfterAll
  static void report() {
    System.out.printf("faults injected into the hook: %d, lost: %d%n", injected, injected - kept);
  }

  @Test
  void knowsEveryPointOfTheHook() throws IOException {
    List<String> named = new ArrayList<>();
    Path sources =
        Programs.repository().resolve("runtime-hook/hook/src/main/java/org/letargo/hook/change");
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.toList()) {
        Matcher at = Pattern.compile("Faults\\.at\\(([^;]*)\\);").matcher(Files.readString(file));
        while (at.find()) {
          Matcher point = Pattern.compile("\"([^\"]+)\"").matcher(at.group(1));
          while (point.find()) {
            named.add(point.group(1));
          }
        }
      }
    }

    assertThat(Stream.concat(points().map(Point::name), Stream.of(OF_TWO_HOSTS)))
        .containsExactlyInAnyOrderElementsOf(named);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("points")
  void survives(Point point) throws IOException {
    Instance instance = letargo.get();
    restartHook(instance, ""); // whatever a test before has left
    Patient patient = prepare(instance, point);
    restartHook(instance, point.fault());
    injected++;

    CompletableFuture<Operation> asked = CompletableFuture.supplyAsync(() -> ask(instance, point));
    assertThat(instance.hook().awaitEnd()).isEqualTo(DIED);
    startHook(instance, "");
    Operation ended = instance.api().await(asked.join(), LONGEST_RECOVERY);

    assertThat(ended.state()).as(ended.json().toString()).isEqualTo(point.end());
    assertThat(state(instance)).isEqualTo(point.after());
    expectNothingHalfDone(instance);
    if (point.verb().equals("clone")) {
      assertThat(instance.api().get("/v1/vps/" + NAME + "/checkpoints").get("checkpoints"))
          .as("nobody asked for a checkpoint of the origin")
          .isEmpty();
    }
    expectNextChangeWorks(instance, point, patient);
    kept++;
  }

  /**
   * The verbs whose every point can fail, or take its time, and not only end with the hook; but for
   * those that come when the VPS runs already.
   */
  static Stream<Point> pointsOfCheckpoints() {
    return points()
        .filter(point -> !LAZY.contains(point.name()))
        .filter(
            point -> List.of("suspend", "checkpoint", "resume", "verify").contains(point.verb()));
  }

  /**
   * A failure at the point, as of a full disk: the VPS is running or suspended, and whole, and the
   * checkpoint is there or is not.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("pointsOfCheckpoints")
  void survivesAFailureAt(Point point) throws IOException {
    Instance instance = letargo.get();
    restartHook(instance, "");
    Patient patient = prepare(instance, point);
    restartHook(instance, "fail:" + point.name());

    instance.api().await(ask(instance, point), LONGEST_RECOVERY);
    expectWholeTimeline(instance);
    restartHook(instance, "");

    expectNothingHalfDone(instance);
    assertThat(state(instance)).isIn("running", "suspended");
    expectNextChangeWorks(instance, point.inState(state(instance)), patient);
  }

  /** A point that takes its time: whoever waits, waits, and all goes well. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("pointsOfCheckpoints")
  void waitsAt(Point point) throws IOException {
    Instance instance = letargo.get();
    restartHook(instance, "");
    Patient patient = prepare(instance, point);
    restartHook(instance, "delay:" + point.name());

    instance.api().await(ask(instance, point), LONGEST_RECOVERY).expectSucceeded();
    expectWholeTimeline(instance);
    restartHook(instance, "");

    expectNothingHalfDone(instance);
    assertThat(state(instance)).isEqualTo(point.verb().equals("suspend") ? "suspended" : "running");
    expectNextChangeWorks(instance, point.inState(state(instance)), patient);
  }

  /** What the timeline has the store has, and the other way round; all of it is whole. */
  private static void expectWholeTimeline(Instance instance) throws IOException {
    List<String> known = new ArrayList<>();
    instance
        .api()
        .get("/v1/vps/" + NAME + "/checkpoints")
        .at("/checkpoints")
        .forEach(entry -> known.add(entry.path("id").asText() + ".json"));
    try (Stream<Path> stored = Files.list(instance.state().resolve("store/checkpoints"))) {
      assertThat(stored.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(known);
    }
    assertThat(instance.api().run("POST", "/v1/store/check").json().at("/findings/damaged"))
        .isEmpty();
  }

  /** A VPS with a memory, and its archive where one is imported. */
  private record Patient(List<Heart> heart) {}

  private static void restartHook(Instance instance, String fault) {
    if (instance.hook().isAlive()) {
      instance.hook().stop();
    }
    startHook(instance, fault);
  }

  private static void startHook(Instance instance, String fault) {
    instance.startHook(fault);
    Awaitility.await("the manager sees the hook")
        .atMost(LONGEST_RECOVERY)
        .until(() -> instance.api().send("GET", "/health", Map.of()).statusCode() == 200);
  }

  private Patient prepare(Instance instance, Point point) {
    boolean isImport = point.verb().equals("import");
    if (point.before().equals("gone") && !isImport) {
      return new Patient(List.of());
    }
    Vps vps = instance.create(NAME, "tiny");
    if (point.before().equals("stopped")) {
      return new Patient(List.of());
    }
    vps.start();
    Heart heart = Heart.start(vps, LAZY.contains(point.name()) ? LAZY_MEBIBYTES : HEART_MEBIBYTES);
    if (List.of("forget", "rewind", "verify").contains(point.verb())) {
      instance.api().run("POST", "/v1/vps/" + NAME + "/checkpoints");
    }
    if (point.before().equals("suspended") || isImport) {
      vps.suspend();
    }
    if (isImport) {
      vps.exportTo(archive());
      vps.destroy();
    }
    return new Patient(List.of(heart));
  }

  private Path archive() {
    return scratch.resolve("patient.letargo");
  }

  /** Begins the change, and finds its operation where the answer cannot tell it. */
  private Operation ask(Instance instance, Point point) {
    return switch (point.verb()) {
      case "create" ->
          instance.api().begin("POST", "/v1/vps", Map.of("name", NAME, "template", "tiny"));
      case "destroy" -> instance.api().begin("DELETE", "/v1/vps/" + NAME);
      case "import" -> {
        instance.api().upload("/v1/archives?name=" + NAME, archive());
        yield instance.api().newest("import");
      }
      case "export" -> {
        assertThat(exportsWholly(instance)).as("the archive comes to a clean end").isFalse();
        yield instance.api().newest("export");
      }
      case "suspend" -> instance.api().begin("POST", "/v1/vps/" + NAME + "/suspend", verify(point));
      case "verify" ->
          instance
              .api()
              .begin(
                  "POST", "/v1/vps/" + NAME + "/checkpoints/" + checkpoint(instance) + "/verify");
      case "checkpoint" -> instance.api().begin("POST", "/v1/vps/" + NAME + "/checkpoints");
      case "forget" ->
          instance
              .api()
              .begin("DELETE", "/v1/vps/" + NAME + "/checkpoints/" + checkpoint(instance));
      case "rewind" ->
          instance
              .api()
              .begin(
                  "POST",
                  "/v1/vps/" + NAME + "/rewind",
                  Map.of("checkpoint", checkpoint(instance)));
      case "clone" ->
          instance.api().begin("POST", "/v1/vps/" + NAME + "/clone", Map.of("name", NAME + "-2"));
      default -> instance.api().begin("POST", "/v1/vps/" + NAME + "/" + point.verb());
    };
  }

  /** Only who asks for a trial comes by its points. */
  private static Map<String, String> verify(Point point) {
    return point.name().endsWith("-verify") ? Map.of("verify", "restore") : Map.of();
  }

  private static String checkpoint(Instance instance) {
    return instance.api().get("/v1/vps/" + NAME + "/checkpoints").at("/checkpoints/0/id").asText();
  }

  private boolean exportsWholly(Instance instance) {
    try {
      instance.api().exportTo(NAME, scratch.resolve("broken.letargo"));
      return true;
    } catch (AssertionError | RuntimeException e) {
      return false;
    }
  }

  private static String state(Instance instance) {
    return instance.api().vpsNames().contains(NAME) ? instance.vps(NAME).state() : "gone";
  }

  /** No folder under a temporary name, no journal, no checkpoint that stands in no timeline. */
  private static void expectNothingHalfDone(Instance instance) throws IOException {
    try (Stream<Path> trials = Files.list(instance.state().resolve("trials"))) {
      assertThat(trials).isEmpty();
    }
    try (Stream<Path> files = Files.walk(instance.state().resolve("vps"), 4)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .noneMatch(name -> name.startsWith("."))
          .doesNotContain("journal.json");
    }
    int inTimelines =
        instance.api().vpsNames().stream()
            .mapToInt(vps ->
                instance.api().get("/v1/vps/" + vps + "/checkpoints").get("checkpoints").size())
            .sum();
    assertThat(instance.api().get("/v1/store").get("checkpoints").asInt()).isEqualTo(inTimelines);
  }

  private void expectNextChangeWorks(Instance instance, Point point, Patient patient) {
    Vps vps = instance.vps(NAME);
    switch (point.after()) {
      case "gone" -> {
        if (point.verb().equals("import")) {
          instance.api().importFrom(archive(), NAME);
          vps.resume();
          patient.heart().forEach(Heart::expectAlive);
        } else {
          instance.createAndStart(NAME, "tiny");
        }
      }
      case "stopped" -> vps.start();
      case "running" -> {
        patient.heart().forEach(Heart::expectAlive);
        vps.suspend();
        vps.resume();
        patient.heart().forEach(Heart::expectAlive);
      }
      case "suspended" -> {
        vps.resume();
        patient.heart().forEach(Heart::expectAlive);
      }
      default -> throw new IllegalArgumentException(point.after());
    }
  }
}
