package org.letargo.integration.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.letargo.integration.harness.HostCommand;

/** What figures of this machine must be read with. */
final class Machine {
  private Machine() {}

  /** Processor, memory, disk, kernel and versions, a line each. */
  static List<String> describe(Path folder) {
    return List.of(
        "processor: %d x %s"
            .formatted(
                Runtime.getRuntime().availableProcessors(), value("/proc/cpuinfo", "model name")),
        "memory: " + gibibytes(value("/proc/meminfo", "MemTotal")),
        "disk: "
            + HostCommand.run("findmnt", "-n", "-o", "SOURCE,FSTYPE", "-T", folder.toString())
                .strip()
                .replaceAll("\\s+", ", "),
        "kernel: " + read("/proc/sys/kernel/osrelease").strip(),
        "runtime: " + firstLine("runc", "--version"),
        "engine: CRIU " + firstLine("criu", "--version").replace("Version: ", ""),
        "podman: " + firstLine("podman", "--version"),
        "Java: " + Runtime.version());
  }

  /** Over one, five and fifteen minutes. */
  static String load() {
    String[] numbers = read("/proc/loadavg").split(" ");
    return String.join(", ", numbers[0], numbers[1], numbers[2]);
  }

  private static String firstLine(String... command) {
    HostCommand.Result result = HostCommand.tried(List.of(command));
    return result.output().lines().findFirst().orElse("none");
  }

  private static String gibibytes(String kibibytes) {
    double value = Long.parseLong(kibibytes.replaceAll("\\D", "")) / (double) (1 << 20);
    return String.format(Locale.ROOT, "%.1f GiB", value);
  }

  private static String value(String file, String key) {
    Predicate<String> wanted = line -> line.startsWith(key);
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(wanted)
          .findFirst()
          .map(line -> line.replaceFirst("^[^:]*:\\s*", ""))
          .orElse("unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
