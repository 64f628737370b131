package org.letargo.integration.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.letargo.hook.pages.FilePageSink;
import org.letargo.hook.pages.FilePageSource;
import org.letargo.hook.pages.HotPages;
import org.letargo.hook.pages.LazyRestore;
import org.letargo.hook.pages.PageBuffer;
import org.letargo.hook.pages.PageBuffers;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageReceiver;
import org.letargo.hook.pages.PageRun;
import org.letargo.hook.pages.PageSink;
import org.letargo.integration.bench.EngineStatistics;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;

/**
 * Measures the way of memory out of the engine and back beside the engine's own, and prints it:
 *
 * <pre>
 * PagesBench dump MEBIBYTES RUNS     wall seconds and frozen seconds of runc checkpoint
 * PagesBench lazy MEBIBYTES RUNS     seconds until the payload answers, until all memory is there
 * </pre>
 *
 * <p>The payload has two processes of that many mebibytes each.
 */
public final class PagesBench {
  private static final Path TMPFS = Path.of("/dev/shm");
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final Map<String, List<Double>> figures = new TreeMap<>();
  private final int mebibytes;
  private int runs;

  private PagesBench(int mebibytes) {
    this.mebibytes = mebibytes;
  }

  public static void main(String[] arguments) throws Exception {
    PagesBench bench = new PagesBench(Integer.parseInt(arguments[1]));
    int times = Integer.parseInt(arguments[2]);
    try (Instance letargo = Instance.start();
        EngineContainer container = EngineContainer.start(letargo, "tiny")) {
      container.startPages(bench.mebibytes);
      for (int i = 0; i <= times; i++) {
        bench.figures.values().removeIf(_ -> bench.runs == 1); // the first does not count
        if (arguments[0].equals("dump")) {
          bench.dump(container);
        } else {
          bench.lazy(container);
        }
        bench.runs++;
      }
    }
    bench.figures.forEach((what, values) -> {
      double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      System.out.printf(
          "%-40s %.2f  %s%n", what, sorted[sorted.length / 2], Arrays.toString(sorted));
    });
  }

  /** One way of a checkpoint. */
  private interface Way {
    void checkpoint(Path images, Path work) throws IOException;
  }

  private void dump(EngineContainer container) throws IOException {
    Path disk = container.folder();
    Path tmpfs = Files.createTempDirectory(TMPFS, "lt-pages-");
    try {
      measure(container, "plain, disk", disk, (i, w) -> container.checkpoint(i, w, List.of()));
      measure(container, "plain, tmpfs", tmpfs, (i, w) -> container.checkpoint(i, w, List.of()));
      for (int buffer : List.of(16, 3072)) {
        measure(
            container,
            "page server, discarded, buffers " + buffer,
            disk,
            (i, w) -> receive(container, i, w, new Discarding(), buffer));
      }
      measure(
          container,
          "page server, files on disk",
          disk,
          (i, w) -> receive(container, i, w, new FilePageSink(i), 16));
      measure(
          container,
          "page server, files on tmpfs",
          tmpfs,
          (i, w) -> receive(container, i, w, new FilePageSink(i), 16));
      measure(
          container,
          "page server, held in memory",
          disk,
          (i, w) -> {
            Holding holding = new Holding();
            receive(container, i, w, holding, 3072);
          });
    } finally {
      HostCommand.run("rm", "-rf", tmpfs.toString());
    }
  }

  private void measure(EngineContainer container, String what, Path folder, Way way)
      throws IOException {
    Path images = Files.createDirectory(folder.resolve("images"));
    Path work = Files.createDirectory(folder.resolve("work"));
    HostCommand.run("sync", "--file-system", container.folder().toString());
    double seconds = seconds(() -> way.checkpoint(images, work));
    note(what + ": wall", seconds);
    note(what + ": frozen", EngineStatistics.frozenSeconds(work.resolve("stats-dump")));
    if (what.contains("discarded") || what.contains("held")) {
      container.startAnew(mebibytes);
    } else {
      container.restore(images, container.makeFolder("resume"), List.of(), _ -> {});
    }
    HostCommand.run("rm", "-rf", images.toString(), work.toString());
  }

  private static void receive(
      EngineContainer container, Path images, Path work, PageSink sink, int bufferMebibytes) {
    try (PageBuffers buffers = new PageBuffers((long) bufferMebibytes << 20)) {
      if (sink instanceof Holding) {
        buffers.prepare((long) bufferMebibytes << 20);
      }
      try (PageReceiver receiver = PageReceiver.open(Received.setup(images, sink, buffers))) {
        container.checkpoint(images, work, List.of("--page-server", receiver.address()));
        receiver.await(LONGEST);
        if (sink instanceof Holding holding) {
          holding.held.forEach(PageBuffer::close);
        }
      }
    }
  }

  private void lazy(EngineContainer container) throws Exception {
    Path images = container.makeFolder("images" + runs);
    Received.checkpoint(container, images, container.makeFolder("work" + runs));
    HotPages hot = HotPages.NONE;
    for (String what : List.of("cold", "with hot pages")) {
      Path folder = container.makeFolder("lazy" + runs + hot.size());
      try (FilePageSource source = new FilePageSource(images)) {
        HotPages known = hot;
        note(
            what + ": images made",
            seconds(() -> LazyRestoreIT.prepare(container, images, folder, source, known)));
        long begin = System.nanoTime();
        try (LazyRestore lazy =
            LazyRestoreIT.restore(
                container,
                folder,
                container.makeFolder("lazywork" + runs + known.size()),
                source)) {
          note(what + ": restored", (System.nanoTime() - begin) / 1e9);
          container.ask("t");
          note(what + ": answers", (System.nanoTime() - begin) / 1e9);
          LazyRestore.Outcome outcome = lazy.done().get();
          note(what + ": all there", (System.nanoTime() - begin) / 1e9);
          if (!(outcome instanceof LazyRestore.Outcome.Complete complete)) {
            throw new AssertionError(outcome.toString());
          }
          hot = hot.and(complete.first());
        }
      }
      container.kill();
      HostCommand.run("rm", "-rf", folder.toString());
    }
    double eager =
        seconds(() -> {
          container.restore(images, container.makeFolder("eager"), List.of(), _ -> {});
          container.ask("t");
        });
    note("eager: answers", eager);
    HostCommand.run("rm", "-rf", images.toString());
  }

  /** What takes time. */
  private interface Work {
    void run() throws Exception;
  }

  private static double seconds(Work work) throws IOException {
    long begin = System.nanoTime();
    try {
      work.run();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private void note(String what, double value) {
    figures.computeIfAbsent(what, _ -> new ArrayList<>()).add(value);
  }

  private static class Discarding implements PageSink {
    @Override
    public void begin(PageObject object, int pagesId) {}

    @Override
    public void run(PageRun run) {}

    @Override
    public void window(long address, PageBuffer content) {
      content.close();
    }

    @Override
    public void end() {}

    @Override
    public void finish() {}
  }

  private static final class Holding extends Discarding {
    private final List<PageBuffer> held = new ArrayList<>();

    @Override
    public void window(long address, PageBuffer content) {
      held.add(content);
    }
  }
}
