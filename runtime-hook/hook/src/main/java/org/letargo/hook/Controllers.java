package org.letargo.hook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The cgroup controllers that the kernel offers (cgroups(7)). */
final class Controllers {
  private static final Path UNIFIED = Path.of("/sys/fs/cgroup/cgroup.controllers");

  /** Name, hierarchy, groups, and whether it is enabled, behind a line that begins with #. */
  private static final Path ALL = Path.of("/proc/cgroups");

  private static final int COLUMNS = 4;

  private Controllers() {}

  /** Their names, sorted. */
  static List<String> read() throws IOException {
    if (Files.exists(UNIFIED)) {
      return Stream.of(Files.readString(UNIFIED).strip().split(" ")).sorted().toList();
    }
    try (Stream<String> lines = Files.lines(ALL)) {
      return lines
          .map(line -> line.split("\\s+"))
          .filter(line -> line.length == COLUMNS && line[COLUMNS - 1].equals("1"))
          .map(line -> line[0])
          .sorted()
          .toList();
    }
  }
}
