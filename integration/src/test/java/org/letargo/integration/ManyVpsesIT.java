package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;

/**
 * Twenty VPSes live their whole lives at the same time, and whoever looks is answered meanwhile.
 */
class ManyVpsesIT {
  private static final int VPSES = 20;
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void leadsTwentyVpsesThroughTheirLivesAtOnce() throws Exception {
    Instance instance = letargo.get();
    AtomicBoolean done = new AtomicBoolean();
    List<String> names = IntStream.rangeClosed(1, VPSES).mapToObj(i -> "many" + i).toList();

    List<Long> answersNanos;
    try (ExecutorService looker = Executors.newSingleThreadExecutor()) {
      Future<List<Long>> looking = looker.submit(looking(instance, done));
      try {
        all(instance, names, name -> new Ask("POST", "/v1/vps", creation(name)));
        all(instance, names, name -> verb(name, "start"));
        expectStates(instance, "running");
        markEach(instance, names);
        all(instance, names, name -> verb(name, "suspend"));
        expectStates(instance, "suspended");
        all(instance, names, name -> verb(name, "resume"));
        expectStates(instance, "running");
        expectOwnMarks(instance, names);
        all(instance, names, name -> new Ask("DELETE", "/v1/vps/" + name, Map.of()));
      } finally {
        done.set(true);
      }
      answersNanos = looking.get();
    }

    assertThat(instance.api().vpsNames()).isEmpty();
    List<Long> sorted = answersNanos.stream().sorted().toList();
    System.out.printf(
        "GET /v1/vps while %d VPSes changed: %d calls, p50 %d ms, p99 %d ms, longest %d ms%n",
        VPSES, sorted.size(), millis(sorted, 0.5), millis(sorted, 0.99), millis(sorted, 1));
    assertThat(Duration.ofNanos(sorted.getLast())).isLessThan(LONGEST_ANSWER);
  }

  private record Ask(String method, String path, Map<String, ?> body) {}

  private interface Asking {
    Ask of(String name);
  }

  /** All are begun before the first is waited for. */
  private static void all(Instance instance, List<String> names, Asking asking) {
    List<Operation> begun =
        names.stream()
            .map(asking::of)
            .map(ask -> instance.api().begin(ask.method(), ask.path(), ask.body()))
            .toList();
    begun.forEach(operation -> instance.api().await(operation).expectSucceeded());
  }

  private static Map<String, ?> creation(String name) {
    return Map.of("name", name, "template", "tiny", "memoryBytes", 64 << 20);
  }

  private static Ask verb(String name, String verb) {
    return new Ask("POST", "/v1/vps/" + name + "/" + verb, Map.of());
  }

  private static void expectStates(Instance instance, String state) {
    var all = instance.api().get("/v1/vps").path("vps");
    assertThat(all).hasSize(VPSES);
    assertThat(all).allSatisfy(vps -> assertThat(vps.path("state").asText()).isEqualTo(state));
    assertThat(all.findValuesAsText("address")).doesNotHaveDuplicates();
  }

  /** In memory: /run is a tmpfs, so it is gone unless the memory comes back. */
  private static void markEach(Instance instance, List<String> names) {
    names.forEach(name -> instance.vps(name).sh("echo " + name + " > /run/mark"));
  }

  private static void expectOwnMarks(Instance instance, List<String> names) {
    for (String name : names) {
      assertThat(instance.vps(name).sh("cat /run/mark; hostname")).isEqualTo(name + "\n" + name);
    }
  }

  /** One call after the other, until it is done. */
  private static Callable<List<Long>> looking(Instance instance, AtomicBoolean done) {
    return () -> {
      List<Long> nanos = new ArrayList<>();
      while (!done.get()) {
        long begin = System.nanoTime();
        instance.api().get("/v1/vps");
        nanos.add(System.nanoTime() - begin);
      }
      return nanos;
    };
  }

  private static long millis(List<Long> sorted, double share) {
    int index = (int) Math.ceil(share * sorted.size()) - 1;
    return TimeUnit.NANOSECONDS.toMillis(sorted.get(Math.max(0, index)));
  }
}
