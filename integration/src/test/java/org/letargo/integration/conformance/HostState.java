package org.letargo.integration.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Vps;

/**
 * What a checkpoint could leave changed, of the host and of a VPS on it, as text that can be
 * compared. Other tests change the same host meanwhile, so of the host it holds only what belongs
 * to one instance and the mounts of control groups.
 */
final class HostState {
  /** Where an engine, of another instance say, has control groups mounted while it works. */
  private static final String OF_AN_ENGINE = "/.criu.cgyard.";

  private static final Path GROUPS = Path.of("/sys/fs/cgroup");

  /** Settings, not counters. */
  private static final Pattern SETTINGS =
      Pattern.compile(
          ".*(max|min|high|low|limit_in_bytes|quota_us|period_us|shares|weight|subtree_control"
              + "|freezer\\.state|cgroup\\.freeze|cgroup\\.type|clone_children|notify_on_release"
              + "|devices\\.list|cpuset\\.cpus|cpuset\\.mems|swappiness|oom_control)");

  private static final Pattern COUNTERS = Pattern.compile(".*(max_usage|watermark).*");

  private static final List<String> SWITCHES =
      List.of(
          "vm/unprivileged_userfaultfd",
          "fs/pipe-max-size",
          "net/ipv4/ip_forward",
          "kernel/randomize_va_space",
          "kernel/core_pattern");

  /** Without SigBlk: an init blocks signals for moments all the time. */
  private static final Pattern STATUS =
      Pattern.compile(
          "^(Name|Tgid|Pid|PPid|TracerPid|Uid|Gid|FDSize|Groups|NStgid|NSsid|Threads|SigPnd"
              + "|ShdPnd|SigIgn|SigCgt|Cap.*|NoNewPrivs|Seccomp.*|Cpus_allowed):.*");

  private HostState() {}

  /** Mounts, control groups, firewall, devices, switches. */
  static Map<String, String> ofHost(Instance instance, Vps vps) {
    Map<String, String> state = new TreeMap<>();
    lines("/proc/self/mountinfo")
        .filter(line ->
            line.contains(instance.folder() + "/")
                || line.contains(" - cgroup") && !line.contains(OF_AN_ENGINE))
        .map(line -> line.replaceFirst("^\\d+ \\d+ \\d+:\\d+ ", "")) // numbers of a mount made anew
        .forEach(line -> state.put("mount " + line, ""));
    groups(instance, state);
    HostCommand.run("nft", "list", "tables")
        .lines()
        .filter(table -> table.endsWith("letargo_" + instance.name()))
        .forEach(table -> state.put(table, HostCommand.run("sh", "-c", "nft list " + table)));
    String inside = String.valueOf(vps.initPid());
    for (String command : List.of("nft list ruleset", "ip -o addr", "ip route", "ip -6 route")) {
      String said = tried("nsenter", "-t", inside, "-n", "sh", "-c", command);
      // an address of IPv6 is tentative for its first seconds
      state.put("in the VPS: " + command, said.replace(" tentative", ""));
    }
    for (String name : SWITCHES) {
      state.put(name, lines("/proc/sys/" + name).collect(Collectors.joining("\n")));
    }
    return state;
  }

  private static void groups(Instance instance, Map<String, String> state) {
    try (Stream<Path> hierarchies = Files.list(GROUPS)) {
      List<Path> tops =
          Stream.concat(Stream.of(GROUPS), hierarchies)
              .filter(path -> !Files.isSymbolicLink(path))
              .map(path -> path.resolve(instance.name()))
              .filter(Files::isDirectory)
              .toList();
      for (Path top : tops) {
        try (Stream<Path> files = Files.walk(top)) {
          for (Path file : files.toList()) {
            String name = file.getFileName().toString();
            if (Files.isDirectory(file)) {
              state.put(file.toString(), owner(file));
            } else if (SETTINGS.matcher(name).matches() && !COUNTERS.matcher(name).matches()) {
              state.put(file.toString(), owner(file) + lines(file.toString()).toList());
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String owner(Path file) throws IOException {
    return Files.getAttribute(file, "unix:uid") + ":" + Files.getAttribute(file, "unix:mode") + " ";
  }

  /** Its processes with descriptors, signals, rights; its mounts. */
  static Map<String, String> ofProcesses(List<Long> pids) {
    Map<String, String> state = new TreeMap<>();
    for (long pid : pids) {
      Path proc = Path.of("/proc", String.valueOf(pid));
      lines(proc + "/status")
          .filter(line -> STATUS.matcher(line).matches())
          .forEach(line -> state.put(pid + " " + line, ""));
      for (String file : List.of("limits", "oom_score_adj", "cgroup", "mountinfo", "cmdline")) {
        state.put(pid + " " + file, lines(proc + "/" + file).collect(Collectors.joining("\n")));
      }
      for (String link : List.of("cwd", "root", "exe", "ns/net", "ns/pid", "ns/mnt", "ns/user")) {
        state.put(pid + " " + link, link(proc.resolve(link)));
      }
      try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
        descriptors.forEach(fd -> {
          state.put(pid + " fd " + fd.getFileName(), link(fd));
          state.put(
              pid + " fdinfo " + fd.getFileName(),
              lines(proc + "/fdinfo/" + fd.getFileName())
                  .filter(line -> line.startsWith("pos:") || line.startsWith("flags:"))
                  .toList()
                  .toString());
        });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return state;
  }

  /** What is there before or after only, or has changed. */
  static List<String> differences(Map<String, String> before, Map<String, String> after) {
    return Stream.concat(before.keySet().stream(), after.keySet().stream())
        .distinct()
        .filter(key -> !Objects.equals(before.get(key), after.get(key)))
        .map(key -> key + ": " + before.get(key) + " -> " + after.get(key))
        .toList();
  }

  private static String link(Path path) {
    try {
      return Files.readSymbolicLink(path).toString();
    } catch (IOException e) {
      return e.getClass().getSimpleName();
    }
  }

  private static String tried(String... command) {
    return HostCommand.tried(List.of(command)).output();
  }

  /** Empty for a file that is not there or cannot be read. */
  private static Stream<String> lines(String file) {
    Path path = Path.of(file);
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return Stream.of();
    }
    try {
      return new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1).lines();
    } catch (IOException e) {
      return Stream.of("unreadable");
    }
  }
}
