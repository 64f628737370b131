package org.letargo.integration.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Requirements;
import org.letargo.integration.harness.TempFolder;
import org.letargo.integration.harness.TemplateCache;

/**
 * Measures all contenders in turn, {@code BENCH_RUNS} times (5) after one run that does not count,
 * and prints one table.
 */
public final class Bench {
  private static final int HOOK_CALLS = 100;

  private final int runs;
  private final List<String> notes = new ArrayList<>();

  private Bench(int runs) {
    this.runs = runs;
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length > 0) {
      throw new IllegalArgumentException("no arguments are known; BENCH_RUNS is how often");
    }
    new Bench(Integer.parseInt(System.getenv().getOrDefault("BENCH_RUNS", "5"))).run();
  }

  private void run() throws IOException {
    Requirements.check();
    Requirements.programs(List.of("podman", "findmnt"));
    Path folder = TempFolder.create("lt-bench-");
    String loadBefore = Machine.load();
    Figures figures = new Figures();
    try (Instance instance = Instance.start(AsInstalled.options())) {
      measure(instance, folder, figures);
    } finally {
      TempFolder.delete(folder);
    }
    System.out.println();
    Machine.describe(Path.of("/var/tmp")).forEach(System.out::println);
    System.out.println("load: " + loadBefore + " before, " + Machine.load() + " after");
    System.out.println("runs: " + runs + "; median (smallest-largest)");
    System.out.println();
    System.out.print(ResultTable.of(figures));
    notes.forEach(note -> System.out.println("\nNote: " + note));
  }

  private void measure(Instance instance, Path folder, Figures figures) throws IOException {
    Path template = TemplateCache.folder().resolve("tiny/rootfs");
    LetargoContender letargo = new LetargoContender(instance, folder);
    try (RuntimeContender tiny = new RuntimeContender(folder.resolve("tiny"), template);
        RuntimeContender big = new RuntimeContender(folder.resolve("big"), template);
        PodmanContender podman = new PodmanContender(folder.resolve("podman"), template)) {
      for (int i = 0; i <= runs; i++) {
        System.out.println(i == 0 ? "warming up" : "run " + i + " of " + runs);
        Figures into = i == 0 ? new Figures() : figures;
        letargo.run(Subject.TINY, into, tiny::imitate);
        tiny.run(Subject.TINY, into);
        letargo.run(Subject.DEBIAN, into, _ -> {});
        settle(folder);
        letargo.run(Subject.BIG, into, big::imitate);
        settle(folder);
        big.run(Subject.BIG, into);
        settle(folder);
        runPodman(podman, into);
        settle(folder);
        letargo.commandLine(into);
        letargo.hookCall(into, HOOK_CALLS);
      }
    }
  }

  /** podman can do less than we can on some machines; then the table says why. */
  private void runPodman(PodmanContender podman, Figures into) {
    if (!notes.isEmpty()) {
      return;
    }
    try {
      podman.run(Subject.BIG, into);
    } catch (AssertionError e) {
      notes.add("podman was left out from then on: " + e.getMessage());
    }
  }

  /** What one contender left for the disk to write is no burden of the next. */
  private static void settle(Path folder) {
    HostCommand.run("sync", "--file-system", folder.toString());
  }
}
