package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many VPSes at once. */
class ManyTest {
  private static final int COUNT = 20;
  private static final List<String> VERBS =
      List.of("start", "suspend", "resume", "pause", "unpause", "restart", "stop");

  @TempDir Path dir;
  private Rig rig;

  @BeforeEach
  void start() throws IOException {
    rig = Rig.start(dir);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
    assertThat(rig.hook().violations()).isEmpty();
  }

  @Test
  void leadsTwentyVpsesThroughTheirLivesAtOnceAndAnswersMeanwhile() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    List<Long> nanos = Collections.synchronizedList(new ArrayList<>());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> looking = threads.submit(() -> lookUntil(ended, nanos));
      List<Future<?>> lives = new ArrayList<>();
      for (int i = 0; i < COUNT; i++) {
        String name = "many" + i;
        lives.add(threads.submit(() -> live(name)));
      }
      for (Future<?> life : lives) {
        life.get();
      }
      ended.set(true);
      looking.get();
    }

    assertThat(rig.get("/v1/vps").json().get("vps")).isEmpty();
    assertThat(rig.get("/v1/operations?limit=1000").json().get("operations"))
        .hasSize(COUNT * (VERBS.size() + 2))
        .allMatch(operation -> operation.get("state").asText().equals("succeeded"));
    report(nanos);
  }

  private void live(String name) {
    rig.end(rig.post("/v1/vps", "{\"name\":\"" + name + "\",\"template\":\"tiny\"}"));
    for (String verb : VERBS) {
      assertThat(rig.end(rig.post("/v1/vps/" + name + "/" + verb)).get("state").asText())
          .as(verb)
          .isEqualTo("succeeded");
    }
    rig.end(rig.delete("/v1/vps/" + name));
  }

  private void lookUntil(AtomicBoolean ended, List<Long> nanos) {
    while (!ended.get()) {
      long before = System.nanoTime();
      assertThat(rig.get("/v1/vps").status()).isEqualTo(200);
      nanos.add(System.nanoTime() - before);
    }
  }

  /** Figures for people; a loaded build machine is no judge of them. */
  private static void report(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    System.out.printf(
        "GET /v1/vps while %d VPSes change: %d requests, median %.1f ms, p99 %.1f ms, max %.1f"
            + " ms%n",
        COUNT,
        sorted.size(),
        sorted.get(sorted.size() / 2) / 1e6,
        sorted.get(sorted.size() * 99 / 100) / 1e6,
        sorted.getLast() / 1e6);
  }
}
