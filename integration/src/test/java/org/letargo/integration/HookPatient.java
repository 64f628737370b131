package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Vps;

/**
 * A VPS to which something happens at a {@link HookPoint}: brought where the change begins,
 * changed, and examined.
 */
final class HookPatient {
  static final Duration LONGEST_RECOVERY = Duration.ofSeconds(20);
  static final String NAME = "patient";
  private static final int HEART_MEBIBYTES = 4;

  /** So much that it is resumed lazily. */
  private static final int LAZY_MEBIBYTES = 48;

  private final Instance instance;
  private final Path scratch;

  /** What shows that its memory is whole; empty while it has none. */
  private Optional<Heart> heart = Optional.empty();

  HookPatient(Instance instance, Path scratch) {
    this.instance = instance;
    this.scratch = scratch;
  }

  /** What the timeline has the store has, and the other way round; all of it is whole. */
  void expectWholeTimeline() throws IOException {
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

  /**
   * Starts the hook again, waits until the manager sees it.
   *
   * @param fault for its {@code LETARGO_FAULT}; empty for none
   */
  void restartHook(String fault) {
    if (instance.hook().isAlive()) {
      instance.hook().stop();
    }
    startHook(fault);
  }

  /** The same when the hook has died. */
  void startHook(String fault) {
    instance.startHook(fault);
    Awaitility.await("the manager sees the hook")
        .atMost(LONGEST_RECOVERY)
        .until(() -> instance.api().send("GET", "/health", Map.of()).statusCode() == 200);
  }

  /** Makes the VPS, by a hook to which nothing happens, and brings it where the change begins. */
  void prepare(HookPoint point) {
    if (!instance.hook().isAlive() || !instance.isHookUnharmed()) {
      restartHook(""); // a test before has failed
    }
    boolean isImport = point.verb().equals("import");
    if (point.before().equals("gone") && !isImport) {
      return;
    }
    Vps vps = instance.create(NAME, "tiny");
    if (point.before().equals("stopped")) {
      return;
    }
    vps.start();
    heart = Optional.of(Heart.start(vps, point.isLazy() ? LAZY_MEBIBYTES : HEART_MEBIBYTES));
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
  }

  private Path archive() {
    return scratch.resolve("patient.letargo");
  }

  /** Begins the change, and finds its operation where the answer cannot tell it. */
  Operation ask(HookPoint point) {
    return switch (point.verb()) {
      case "create" ->
          instance.api().begin("POST", "/v1/vps", Map.of("name", NAME, "template", "tiny"));
      case "destroy" -> instance.api().begin("DELETE", "/v1/vps/" + NAME);
      case "import" -> {
        instance.api().upload("/v1/archives?name=" + NAME, archive());
        yield instance.api().newest("import");
      }
      case "export" -> {
        assertThat(exportsWholly()).as("the archive comes to a clean end").isFalse();
        yield instance.api().newest("export");
      }
      case "suspend" -> instance.api().begin("POST", "/v1/vps/" + NAME + "/suspend", verify(point));
      case "verify" ->
          instance
              .api()
              .begin("POST", "/v1/vps/" + NAME + "/checkpoints/" + checkpoint() + "/verify");
      case "checkpoint" -> instance.api().begin("POST", "/v1/vps/" + NAME + "/checkpoints");
      case "forget" ->
          instance.api().begin("DELETE", "/v1/vps/" + NAME + "/checkpoints/" + checkpoint());
      case "rewind" ->
          instance
              .api()
              .begin("POST", "/v1/vps/" + NAME + "/rewind", Map.of("checkpoint", checkpoint()));
      case "clone" ->
          instance.api().begin("POST", "/v1/vps/" + NAME + "/clone", Map.of("name", NAME + "-2"));
      default -> instance.api().begin("POST", "/v1/vps/" + NAME + "/" + point.verb());
    };
  }

  /** Only who asks for a trial comes by its points. */
  private static Map<String, String> verify(HookPoint point) {
    return point.name().endsWith("-verify") ? Map.of("verify", "restore") : Map.of();
  }

  private String checkpoint() {
    return instance.api().get("/v1/vps/" + NAME + "/checkpoints").at("/checkpoints/0/id").asText();
  }

  private boolean exportsWholly() {
    try {
      instance.api().exportTo(NAME, scratch.resolve("broken.letargo"));
      return true;
    } catch (AssertionError | RuntimeException e) {
      return false;
    }
  }

  String state() {
    return instance.api().vpsNames().contains(NAME) ? instance.vps(NAME).state() : "gone";
  }

  /** No folder under a temporary name, no journal, no checkpoint that stands in no timeline. */
  void expectNothingHalfDone() throws IOException {
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

  void expectNextChangeWorks(HookPoint point) {
    Vps vps = instance.vps(NAME);
    switch (point.after()) {
      case "gone" -> {
        if (point.verb().equals("import")) {
          instance.api().importFrom(archive(), NAME);
          vps.resume();
          heart.ifPresent(Heart::expectAlive);
        } else {
          instance.createAndStart(NAME, "tiny");
        }
      }
      case "stopped" -> vps.start();
      case "running" -> {
        heart.ifPresent(Heart::expectAlive);
        vps.suspend();
        vps.resume();
        heart.ifPresent(Heart::expectAlive);
      }
      case "suspended" -> {
        vps.resume();
        heart.ifPresent(Heart::expectAlive);
      }
      default -> throw new IllegalArgumentException(point.after());
    }
  }
}
