package org.letargo.integration.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where traces of an instance can be on the host, and which are there now. Only looks. */
final class Leftovers {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  private final Instance instance;

  Leftovers(Instance instance) {
    this.instance = instance;
  }

  /** Processes that run in its control groups, or have its folder in command line, cwd or root. */
  List<Long> processes() {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> pid != ProcessHandle.current().pid())
        .filter(this::belongs)
        .toList();
  }

  private boolean belongs(long pid) {
    Path proc = Path.of("/proc/" + pid);
    String folder = instance.folder() + "/";
    return text(proc.resolve("cgroup")).contains("/" + instance.name() + "/")
        || text(proc.resolve("cmdline")).contains(folder)
        || link(proc.resolve("cwd")).startsWith(folder)
        || link(proc.resolve("root")).startsWith(folder);
  }

  /** What a person recognises a process by. */
  static String describe(long pid) {
    String line = text(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ').strip();
    return "process " + pid + " " + (line.length() > 200 ? line.substring(0, 200) : line);
  }

  /** Mount points below its folder, innermost first. */
  List<String> mounts() {
    return HostCommand.run(instance.host().command(List.of("cat", "/proc/self/mountinfo")))
        .lines()
        .map(line -> line.split(" ")[4])
        .filter(point -> point.startsWith(instance.folder() + "/"))
        .toList()
        .reversed();
  }

  /** Its control groups in all hierarchies, innermost first. */
  List<Path> cgroups() {
    try (Stream<Path> hierarchies = Files.list(CGROUPS)) {
      return Stream.concat(
              Stream.of(CGROUPS), hierarchies.filter(path -> !Files.isSymbolicLink(path)))
          .map(hierarchy -> hierarchy.resolve(instance.name()))
          .filter(Files::isDirectory)
          .flatMap(group -> below(group).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> below(Path folder) {
    try (Stream<Path> found = Files.walk(folder)) {
      return found.filter(Files::isDirectory).toList().reversed();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The host's ends of its VPSes' network, which are named after their addresses. */
  List<String> vpsDevices() {
    String prefix =
        "lt" + hexadecimal(instance.subnet().substring(0, instance.subnet().lastIndexOf('.')));
    return devices().filter(device -> device.startsWith(prefix)).toList();
  }

  private static String hexadecimal(String bytes) {
    try {
      byte[] address = InetAddress.getByName(bytes + ".0").getAddress();
      return "%02x%02x%02x".formatted(address[0], address[1], address[2]);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  boolean hasBridge() {
    return devices().anyMatch(instance.name()::equals);
  }

  private Stream<String> devices() {
    return instance
        .host()
        .run("ip", "-o", "link")
        .lines()
        .map(line -> line.split(": ")[1].replaceAll("@.*", ""));
  }

  /** Its own firewall table, and those of the engine whose process is gone. */
  List<String> tables() {
    return instance
        .host()
        .run("nft", "list", "tables")
        .lines()
        .map(line -> line.replaceFirst("^table ", ""))
        .filter(table -> table.endsWith(" " + ownTable()) || isOrphanOfTheEngine(table))
        .toList();
  }

  String ownTable() {
    return "letargo_" + instance.name().replace('-', '_');
  }

  private static boolean isOrphanOfTheEngine(String table) {
    String name = table.substring(table.indexOf(' ') + 1);
    return name.matches("CRIU-[0-9]+") && !Files.exists(Path.of("/proc", name.substring(5)));
  }

  /** Everything below a folder, relative to it. */
  static List<String> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> found = Files.walk(folder)) {
      return found
          .filter(path -> !path.equals(folder))
          .map(path -> folder.relativize(path).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended meanwhile
    }
  }

  private static String link(Path file) {
    try {
      return Files.readSymbolicLink(file) + "/";
    } catch (IOException e) {
      return ""; // it has ended meanwhile, or is a kernel thread
    }
  }
}
