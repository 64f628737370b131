package org.letargo.hook.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the processor can do, in the kernel's words: /proc/cpuinfo, its first processor. */
public final class CpuFeatures {
  private CpuFeatures() {}

  /** The processor's flags, sorted. */
  public static List<String> read() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      Set<String> flags = new TreeSet<>();
      lines
          .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
          .limit(1)
          .forEach(line -> flags.addAll(List.of(line.replaceFirst("^.*:\\s*", "").split(" "))));
      return List.copyOf(flags);
    }
  }
}
