package org.letargo.integration.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.PreflightReport;
import org.letargo.hook.protocol.VpsName;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Requirements;
import org.letargo.integration.harness.Vps;

/**
 * Measures preflights of VPSes with more and more processes, {@code BENCH_RUNS} times (20) each:
 * the first look of a hook that has just started, then the median and the longest of the others,
 * and the processor time of one.
 */
public final class PreflightBench {
  private static final int[] PROCESSES = {30, 200, 1000, 2000};
  private static final double TICKS_PER_SECOND = 100;

  private PreflightBench() {}

  public static void main(String[] arguments) throws IOException {
    int runs = Integer.parseInt(System.getenv().getOrDefault("BENCH_RUNS", "20"));
    Requirements.check();
    System.out.println("load: " + Machine.load());
    System.out.printf("%-10s %9s %9s %9s %9s%n", "processes", "first", "median", "longest", "CPU");
    for (int processes : PROCESSES) {
      try (Instance instance = Instance.start(AsInstalled.options())) {
        measure(instance, processes, runs);
      }
    }
  }

  private static void measure(Instance instance, int processes, int runs) throws IOException {
    instance
        .api()
        .run(
            "POST",
            "/v1/vps",
            Map.of("name", "crowd", "template", "tiny", "pids", processes + 100));
    Vps vps = instance.vps("crowd");
    vps.start();
    vps.installPayload("obstacle");
    vps.daemon("obstacle", "obstacle crowd-" + (processes - 4)); // tiny has four
    Awaitility.await().until(() -> vps.exec("cat", "/run/obstacle.log").text().contains("ready"));
    double first = look(instance);
    List<Double> millis = new ArrayList<>();
    double before = ticks(instance);
    for (int i = 0; i < runs; i++) {
      millis.add(look(instance));
    }
    double cpuMillis = (ticks(instance) - before) / TICKS_PER_SECOND * 1000 / runs;
    millis.sort(null);
    System.out.printf(
        "%-10d %6.0f ms %6.0f ms %6.0f ms %6.0f ms%n",
        processes, first, millis.get(runs / 2), millis.getLast(), cpuMillis);
  }

  private static double look(Instance instance) {
    PreflightReport report =
        instance.hookClient().call(new HookRequest.PreflightVps(new VpsName("crowd")));
    if (!report.blocking().isEmpty()) {
      throw new AssertionError(report.blocking().toString());
    }
    return report.took().toNanos() / 1e6;
  }

  /** User's and kernel's time of the hook: fields 14 and 15 of proc_pid_stat(5). */
  private static double ticks(Instance instance) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + instance.hook().pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
  }
}
