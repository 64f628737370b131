package org.letargo.integration.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.RedisConnection;
import org.letargo.integration.harness.Requirements;
import org.letargo.integration.harness.Vps;

/**
 * Measures resumes of a Debian whose redis holds 1, 2 and 4 GiB, {@code BENCH_RUNS} times (3) after
 * one that does not count, lazily and eagerly in turn: from the request until redis answers on the
 * connection that it had before, until the operation has ended, and until all memory is there. And
 * how much memory the hook has had at most until then, and after a checkpoint that lets it run on.
 */
public final class ResumeBench {
  private static final int[] MEBIBYTES = {1024, 2048, 4096};
  private static final int VALUE_BYTES = 4000;
  private static final int KEYS_AT_ONCE = 2000;
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private ResumeBench() {}

  /** Seconds since the request. */
  private record Times(double answer, double ended, double loaded) {}

  public static void main(String[] arguments) throws IOException {
    int runs = Integer.parseInt(System.getenv().getOrDefault("BENCH_RUNS", "3"));
    Requirements.check();
    System.out.println("load: " + Machine.load());
    System.out.println("median (smallest-largest) of " + runs + ", seconds");
    System.out.printf("%-10s %-6s %20s %20s %20s%n", "", "", "first answer", "ended", "all there");
    for (int mebibytes : MEBIBYTES) {
      try (Instance instance = Instance.start(AsInstalled.options())) {
        measure(instance, mebibytes, runs);
      }
    }
    System.out.println("load: " + Machine.load());
  }

  private static void measure(Instance instance, int mebibytes, int runs) throws IOException {
    instance
        .api()
        .run(
            "POST",
            "/v1/vps",
            Map.of(
                "name",
                "redis",
                "template",
                "debian-12",
                "memoryBytes",
                (mebibytes + mebibytes / 2L) << 20));
    Vps vps = instance.vps("redis");
    vps.start();
    vps.awaitSystemd();
    try (RedisConnection redis = new RedisConnection(vps.address())) {
      fill(redis, mebibytes);
      List<Times> lazily = new ArrayList<>();
      List<Times> eagerly = new ArrayList<>();
      for (int run = 0; run <= runs; run++) {
        Times lazy = resume(instance, vps, redis, false);
        Times eager = resume(instance, vps, redis, true);
        if (run > 0) {
          lazily.add(lazy);
          eagerly.add(eager);
        }
      }
      print(mebibytes, "lazy", lazily);
      print(mebibytes, "eager", eagerly);
      String suspended = mostMemory(instance);
      vps.checkpoint();
      System.out.printf(
          "%-10s most memory of the hook: %s after these suspensions, %s after a checkpoint%n",
          "", suspended, mostMemory(instance));
    }
    vps.destroy();
  }

  private static void fill(RedisConnection redis, int mebibytes) throws IOException {
    redis.ask("CONFIG SET save \"\"");
    long keys = ((long) mebibytes << 20) / VALUE_BYTES;
    for (long from = 0; from < keys; from += KEYS_AT_ONCE) {
      redis.ask(
          ("EVAL \"for i=%d,%d do local h=redis.sha1hex(i) redis.call('set','k'..i,"
                  + "string.rep(h,%d)..string.rep('x',%d)) end return 1\" 0")
              .formatted(from, from + KEYS_AT_ONCE - 1, VALUE_BYTES / 80, VALUE_BYTES / 2));
    }
  }

  private static Times resume(Instance instance, Vps vps, RedisConnection redis, boolean eager)
      throws IOException {
    vps.suspend();
    long beginNanos = System.nanoTime();
    Operation begun = instance.api().begin("POST", "/v1/vps/redis/resume", Map.of("eager", eager));
    redis.increment("counter");
    double answer = since(beginNanos);
    Operation ended = instance.api().follow(begun).expectSucceeded();
    double end = since(beginNanos);
    String way = ended.json().at("/resumed/way").asText();
    if (!way.equals(eager ? "eager" : "lazy")) {
      throw new AssertionError("it was resumed another way: " + ended.json().at("/resumed"));
    }
    Awaitility.await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(LONGEST)
        .until(() -> !vps.view().has("loading"));
    return new Times(answer, end, since(beginNanos));
  }

  /** What the hook had at most since it started; counts what it has mapped of files, too. */
  private static String mostMemory(Instance instance) throws IOException {
    Path status = Path.of("/proc/" + instance.hook().pid() + "/status");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .map(line -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024 + " MiB")
        .findFirst()
        .orElseThrow();
  }

  private static double since(long beginNanos) {
    return (System.nanoTime() - beginNanos) / 1e9;
  }

  private static void print(int mebibytes, String way, List<Times> times) {
    System.out.printf(
        "%-10s %-6s %20s %20s %20s%n",
        mebibytes + " MiB",
        way,
        range(times.stream().mapToDouble(Times::answer).sorted().toArray()),
        range(times.stream().mapToDouble(Times::ended).sorted().toArray()),
        range(times.stream().mapToDouble(Times::loaded).sorted().toArray()));
  }

  private static String range(double[] sorted) {
    return "%.2f (%.2f-%.2f)"
        .formatted(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
  }
}
