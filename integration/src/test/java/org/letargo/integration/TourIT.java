package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.letargo.integration.harness.CountingClient;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Vps;

/** A whole Debian goes to sleep and wakes up, three times, and its clients do not notice. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TourIT {
  private static final int GENERATIONS = 3;
  private static final Duration AWAY = Duration.ofSeconds(1);

  @RegisterExtension static final Fixture letargo = Fixture.instance().sharingVpses();

  private static Vps web;

  @BeforeAll
  static void startsADebian() {
    web = letargo.get().createAndStart("web1", "debian-12");
    web.awaitSystemd();
  }

  @Test
  @Order(1)
  void runsSystemdNginxRedisSshdAndCron() throws Exception {
    Map<String, String> userOf =
        web.sh("ps -eo comm=,user=")
            .lines()
            .map(line -> line.split(" +"))
            .collect(Collectors.toMap(words -> words[0], words -> words[1], (a, b) -> b));

    assertThat(userOf)
        .containsEntry("systemd", "root")
        .containsEntry("redis-server", "redis")
        .containsEntry("nginx", "www-data") // the last of them, a worker
        .containsEntry("sshd", "root")
        .containsEntry("cron", "root");
    assertThat(page()).contains("It runs");
  }

  @Test
  @Order(2)
  void goesOnAsIfNothingHadBeenThreeGenerationsInARow() throws Exception {
    web.daemon("clocks", web.installPayload("monotonic") + " /run/clocks");
    try (CountingClient client = new CountingClient(web)) {
      for (int generation = 1; generation <= GENERATIONS; generation++) {
        client.expectToGoOn();

        expectGoneFromTheHostWhile(web::suspend);
        letTimePass();
        web.resume();

        client.expectToGoOn();
        assertThat(web.sh("systemctl is-system-running")).isEqualTo("running");
        assertThat(web.sh("systemctl --failed --no-legend")).isEmpty();
        expectClocksWentOn(generation);
        assertThat(page()).contains("It runs");
      }
      client.finish();
      assertThat(web.sh("redis-cli get counted")).isEqualTo(String.valueOf(client.counted()));
    }
  }

  @Test
  @Order(3)
  void keepsWorkingAfterwards() {
    assertThat(web.sh("systemctl restart nginx cron ssh && systemctl is-system-running"))
        .isEqualTo("running");
    web.stop();
    assertThat(web.state()).isEqualTo("stopped");
    web.start();
    web.awaitSystemd();
  }

  /** No process of it, no control group that memory could be charged to, and 0 bytes in the API. */
  private static void expectGoneFromTheHostWhile(Runnable suspend) throws IOException {
    List<Path> groups = groups();
    List<Long> processes = processes(groups);
    assertThat(processes).hasSizeGreaterThan(8).contains(web.initPid());

    suspend.run();

    assertThat(processes).noneMatch(pid -> Files.exists(Path.of("/proc/" + pid)));
    assertThat(groups()).isEmpty();
    assertThat(web.view().path("memoryUsedBytes").asLong()).isZero();
    assertThat(web.view().at("/checkpoint/memoryBytes").asLong()).isGreaterThan(10 << 20);
    assertThat(web.state()).isEqualTo("suspended");
  }

  private static List<Path> groups() throws IOException {
    Path top = Path.of("/sys/fs/cgroup");
    try (Stream<Path> hierarchies = Files.list(top)) {
      return Stream.concat(Stream.of(top), hierarchies)
          .map(hierarchy -> hierarchy.resolve(letargo.get().name()).resolve(web.name()))
          .filter(Files::isDirectory)
          .toList();
    }
  }

  private static List<Long> processes(List<Path> groups) throws IOException {
    try (Stream<Path> below = Files.walk(groups.getFirst())) {
      return below
          .filter(path -> path.endsWith("cgroup.procs"))
          .flatMap(TourIT::lines)
          .map(Long::valueOf)
          .toList();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The passing of time is what is tested here: so much of it the other clocks must not see. */
  private static void letTimePass() {
    long begin = System.nanoTime();
    Awaitility.await("some time").until(() -> System.nanoTime() - begin >= AWAY.toNanos());
  }

  /** The payload saw a hole in the wall clock, but none of that size in the others. */
  private static void expectClocksWentOn(int generation) {
    web.sh("rm -f /run/clocks; kill -USR1 $(pidof monotonic)");
    Awaitility.await("what the clocks did")
        .atMost(Duration.ofSeconds(10))
        .until(() -> web.exec("test", "-e", "/run/clocks").status() == 0);

    Map<String, Long> seen =
        Arrays.stream(web.sh("cat /run/clocks").split(" "))
            .map(word -> word.split("="))
            .collect(Collectors.toMap(word -> word[0], word -> Long.valueOf(word[1])));

    assertThat(seen).as("generation " + generation).containsEntry("backwards", 0L);
    assertThat(seen.get("realtime_gap_ms") - seen.get("monotonic_gap_ms"))
        .isGreaterThanOrEqualTo(AWAY.toMillis());
    assertThat(seen.get("realtime_gap_ms") - seen.get("boottime_gap_ms"))
        .isGreaterThanOrEqualTo(AWAY.toMillis());
  }

  private static String page() throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + web.address() + "/"))
              .timeout(Duration.ofSeconds(20))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}
