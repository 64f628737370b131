package org.letargo.integration.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.letargo.archive.file.ArchiveFileReader;
import org.letargo.integration.harness.Daemon;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Requirements;
import org.letargo.integration.harness.TempFolder;
import org.letargo.integration.harness.Vps;

/**
 * Measures what there is many of: 20 clones of a warm server of 256 MiB, until each answers at its
 * own address; how long an archive takes to say what it holds; and what 100 VPSes that do nothing
 * cost hook and manager in memory.
 */
public final class ManyBench {
  private static final int CLONES = 20;
  private static final int WARM_MEBIBYTES = 256;
  private static final int IDLE = 100;
  private static final int LOOKS = 20;

  private ManyBench() {}

  public static void main(String[] arguments) throws IOException {
    Requirements.check();
    System.out.println("load: " + Machine.load());
    Path folder = TempFolder.create("lt-many-");
    try {
      try (Instance instance = Instance.start(AsInstalled.options())) {
        clones(instance, folder.resolve("archive"));
      }
      try (Instance instance = Instance.start(AsInstalled.options())) {
        idle(instance);
      }
    } finally {
      TempFolder.delete(folder);
    }
    System.out.println("load: " + Machine.load());
  }

  private static void clones(Instance instance, Path archive) throws IOException {
    instance
        .api()
        .run(
            "POST",
            "/v1/vps",
            Map.of("name", "warm", "template", "tiny", "memoryBytes", 2 * WARM_MEBIBYTES << 20));
    Vps warm = instance.vps("warm");
    warm.start();
    Heart heart = Heart.start(warm, WARM_MEBIBYTES);
    warm.suspend(); // its memory is in the store, as that of a server that is cloned often
    warm.resume();
    double cloning =
        Clock.seconds(() -> {
          HostCommand.Result cloned =
              instance.cli().run("clone", "warm", "c", "--count", String.valueOf(CLONES));
          if (cloned.status() != 0) {
            throw new AssertionError(cloned.errors());
          }
        });
    double answering =
        Clock.seconds(() -> {
          for (int i = 1; i <= CLONES; i++) {
            String address = instance.vps("c-" + i).address();
            instance.host().run("curl", "-sS", "-m", "10", "http://" + address + "/");
          }
        });
    JsonNode store = instance.api().get("/v1/store");
    for (int i = 1; i <= CLONES; i++) {
      heart.in(instance.vps("c-" + i)).expectWhole();
    }
    System.out.printf(
        "%d clones of a warm server of %d MiB: %.2f s, %.3f s each, by 'letargo clone --count';"
            + " one answer of each after it: %.2f s%n"
            + "the store keeps %d MiB of content in %d MiB%n",
        CLONES,
        WARM_MEBIBYTES,
        cloning,
        cloning / CLONES,
        answering,
        store.at("/contentBytes").asLong() >> 20,
        store.at("/storedBytes").asLong() >> 20);
    warm.suspend();
    warm.exportTo(archive);
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < LOOKS; i++) {
      long begin = System.nanoTime();
      try (InputStream in = new BufferedInputStream(Files.newInputStream(archive));
          ArchiveFileReader reader = ArchiveFileReader.open(in)) {
        reader.manifest();
      }
      millis.add((System.nanoTime() - begin) / 1e6);
    }
    System.out.printf(
        "what an archive of %d MiB holds: %s ms%n",
        Files.size(archive) >> 20, new Samples(millis).text(Samples.Unit.MILLISECONDS));
    instance.destroyAll();
  }

  private static void idle(Instance instance) throws IOException {
    double seconds =
        Clock.seconds(() -> {
          for (int i = 1; i <= IDLE; i++) {
            instance
                .api()
                .run(
                    "POST",
                    "/v1/vps",
                    Map.of("name", "v" + i, "template", "tiny", "memoryBytes", 16 << 20));
            instance.vps("v" + i).start();
          }
        });
    System.out.printf(
        "%d VPSes created and started in %.1f s; memory: hook %d MiB, manager %d MiB%n",
        IDLE, seconds, residentMebibytes(instance.hook()), residentMebibytes(instance.manager()));
    instance.destroyAll();
  }

  /** What it has now, pages of its program's files among it. */
  private static int residentMebibytes(Daemon daemon) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + daemon.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }
}
