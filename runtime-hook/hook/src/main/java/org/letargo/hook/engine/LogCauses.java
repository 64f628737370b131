package org.letargo.hook.engine;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;

/**
 * What the lines of CRIU's log mean: the table of its messages, as its sources (4.2) write them,
 * and of the obstacles that a preflight would have named. In a pattern {@code fd}, {@code pid},
 * {@code what} and {@code mount} say what the line names.
 */
final class LogCauses {
  /** A line that is understood. */
  record Cause(ObstacleKind kind, Optional<Long> hostPid, Optional<ObstacleResource> resource) {}

  private record Entry(Pattern pattern, ObstacleKind kind) {}

  private static final Set<ObstacleKind> OF_NO_PROCESS =
      Set.of(
          ObstacleKind.UNSUPPORTED_MOUNT,
          ObstacleKind.FUSE_MOUNT,
          ObstacleKind.MESSAGE_QUEUE,
          ObstacleKind.CANNOT_FREEZE,
          ObstacleKind.MISSING_MOUNT,
          ObstacleKind.CPU_FEATURES);

  private static final List<Entry> TABLE =
      List.of(
          entry("\\[io_uring\\]", ObstacleKind.IO_URING),
          entry(
              "Can't dump file (?<fd>\\d+) of that type .*\\(anon (?<what>.*b[pt]f.*)\\)",
              ObstacleKind.BPF_OBJECT),
          entry("not currently support dumping BPF", ObstacleKind.BPF_OBJECT),
          entry(
              "Can't dump file (?<fd>\\d+) of that type .*\\(anon (?<what>.*)\\)",
              ObstacleKind.KERNEL_OBJECT),
          entry(
              "Can't dump file (?<fd>\\d+) of that type \\[[26]\\d{4}\\] \\((?<what>.*)\\)",
              ObstacleKind.DEVICE),
          entry(
              "Can't dump file (?<fd>\\d+) of that type .*\\((?<what>.*)\\)",
              ObstacleKind.KERNEL_OBJECT),
          entry("PIDFD_THREAD flag is", ObstacleKind.FOREIGN_PIDFD),
          entry("pidfd pid \\d+ is not a part of process tree", ObstacleKind.FOREIGN_PIDFD),
          entry("secretmem", ObstacleKind.SECRET_MEMORY),
          entry("packetized mode for pipes", ObstacleKind.PACKET_PIPE),
          entry(
              "Can't lookup mount=-?\\d+ for fd=(?<fd>-?\\d+) path=(?<what>.*)",
              ObstacleKind.OUTSIDE_FILE),
          entry(
              "overmounted mounts .* fd=(?<fd>-?\\d+) path=(?<what>.*)", ObstacleKind.COVERED_FILE),
          entry("Unaccessible path opened", ObstacleKind.COVERED_FILE),
          entry(
              "Can't link remap to (?<what>.*): Invalid cross-device link",
              ObstacleKind.COVERED_FILE),
          entry(
              "Can't dump ghost file (?<what>.*) of \\d+ size", ObstacleKind.GROWING_DELETED_FILE),
          entry("Unresolved lock found", ObstacleKind.SHARED_LOCK),
          entry("In-flight connection", ObstacleKind.PENDING_CONNECTION),
          entry("in-flight socket", ObstacleKind.PENDING_CONNECTION),
          entry("Dangling connection", ObstacleKind.PENDING_CONNECTION),
          entry("Unsupported proto ", ObstacleKind.SOCKET_PROTOCOL),
          entry("Can't dump \\d+ inet socket", ObstacleKind.SOCKET_PROTOCOL),
          entry("Unknown socket collected \\((?<what>family \\d+)", ObstacleKind.SOCKET_FAMILY),
          entry("Unknown pair (?<what>family \\d+)", ObstacleKind.SOCKET_FAMILY),
          entry("corked dgram socket", ObstacleKind.CORKED_DATAGRAM),
          entry("The socket has data to read", ObstacleKind.NETLINK_DATA),
          entry("has more than 32 groups", ObstacleKind.NETLINK_GROUPS),
          entry("bound to groups but not to portid", ObstacleKind.NETLINK_GROUPS),
          entry("half of stream unix connection", ObstacleKind.UNIX_PEER_OUTSIDE),
          entry("Unix socket \\d+ with(out| unreachable) peer", ObstacleKind.UNIX_PEER_OUTSIDE),
          entry("name-less external socket", ObstacleKind.UNIX_PEER_OUTSIDE),
          entry("External socket is used", ObstacleKind.UNIX_PEER_OUTSIDE),
          entry("Control messages in queue", ObstacleKind.QUEUED_CREDENTIALS),
          entry(
              "Can't dump nested pid namespace for (?<pid>\\d+)",
              ObstacleKind.NESTED_PID_NAMESPACE),
          entry(
              "Can't dump a pid namespace without the process init",
              ObstacleKind.NESTED_PID_NAMESPACE),
          entry(
              "Can't dump nested ipc namespace for (?<pid>\\d+)",
              ObstacleKind.NESTED_IPC_NAMESPACE),
          entry(
              "Can't dump nested uts namespace for (?<pid>\\d+)",
              ObstacleKind.NESTED_UTS_NAMESPACE),
          entry(
              "Can't dump nested user namespace for (?<pid>\\d+)",
              ObstacleKind.NESTED_USER_NAMESPACE),
          entry(
              "namespaces doesn't belong to the target user namespace",
              ObstacleKind.NESTED_USER_NAMESPACE),
          entry(
              "Can't dump nested cgroup namespace for (?<pid>\\d+)",
              ObstacleKind.NESTED_CGROUP_NAMESPACE),
          entry(
              "Can't dump nested time(_for_children)? namespace for (?<pid>\\d+)",
              ObstacleKind.NESTED_TIME_NAMESPACE),
          entry("Unable to dump more than one netns", ObstacleKind.NESTED_NET_NAMESPACE),
          entry("socket from an external network namespace", ObstacleKind.NESTED_NET_NAMESPACE),
          entry("Zombies with threads are not supported", ObstacleKind.DEAD_FIRST_THREAD),
          entry("Unseizable non-zombie (?<pid>\\d+)", ObstacleKind.TRACED),
          entry("zombie (?<pid>\\d+) .*found while seizing", ObstacleKind.TRACED),
          entry("Unable to freeze cgroup", ObstacleKind.CANNOT_FREEZE),
          entry("Timeout reached", ObstacleKind.CANNOT_FREEZE),
          entry("A session leader of (zombie process )?(?<pid>\\d+)", ObstacleKind.SESSION_OUTSIDE),
          entry("Only one slave external peer", ObstacleKind.TERMINAL_OUTSIDE),
          entry("Found slave peer index", ObstacleKind.TERMINAL_OUTSIDE),
          entry("Found dangling tty", ObstacleKind.TERMINAL_OUTSIDE),
          entry("(?<mount>\\S+) is a fuse mount", ObstacleKind.FUSE_MOUNT),
          entry("FS mnt (?<mount>\\S+) .*unsupported id", ObstacleKind.UNSUPPORTED_MOUNT),
          entry(
              "\\d+:(?<mount>\\S+) doesn't have a proper root mount",
              ObstacleKind.UNSUPPORTED_MOUNT),
          entry("failed to dump fs (?<mount>\\S+) .*always fail", ObstacleKind.UNSUPPORTED_MOUNT),
          entry("mqueue isn't empty", ObstacleKind.MESSAGE_QUEUE),
          entry("Failed to check aio rings", ObstacleKind.AIO_IN_FLIGHT),
          entry("doesn't live in IPC ns", ObstacleKind.FOREIGN_SHARED_MEMORY),
          entry("Can't dump that handle", ObstacleKind.PATHLESS_WATCH),
          entry("Can't find suitable path for handle", ObstacleKind.PATHLESS_WATCH),
          entry("Can't handle non-regular mapping", ObstacleKind.DEVICE),
          entry("FPU feature required by image", ObstacleKind.CPU_FEATURES),
          entry("not supported by CPU", ObstacleKind.CPU_FEATURES),
          entry("CPU capabilities do not match", ObstacleKind.CPU_FEATURES),
          entry("File (?<what>.*) has bad (size|build-ID|mode)", ObstacleKind.CHANGED_FILE),
          entry("Can't open file (?<what>.*)", ObstacleKind.MISSING_FILE),
          entry("Can't (bind|connect) inet socket", ObstacleKind.MISSING_ADDRESS),
          entry("No mapping for \\d+:(?<mount>.*) mountpoint", ObstacleKind.MISSING_MOUNT));

  private LogCauses() {}

  private static Entry entry(String pattern, ObstacleKind kind) {
    return new Entry(Pattern.compile(pattern), kind);
  }

  /** What an error means; empty if it is not in the table. */
  static Optional<Cause> of(String error) {
    for (Entry entry : TABLE) {
      Matcher matcher = entry.pattern().matcher(error);
      if (matcher.find()) {
        return Optional.of(
            new Cause(entry.kind(), group(matcher, "pid").map(Long::valueOf), resource(matcher)));
      }
    }
    return Optional.empty();
  }

  /** All that a line can mean. */
  static Set<ObstacleKind> kinds() {
    return TABLE.stream().map(Entry::kind).collect(Collectors.toSet());
  }

  /** Whether it is about one process. */
  static boolean isOfAProcess(ObstacleKind kind) {
    return !OF_NO_PROCESS.contains(kind);
  }

  private static Optional<ObstacleResource> resource(Matcher matcher) {
    String what = group(matcher, "what").orElse("");
    Optional<String> descriptor = group(matcher, "fd");
    if (descriptor.isPresent()) {
      return Optional.of(
          new ObstacleResource(ObstacleResource.Type.DESCRIPTOR, descriptor.get(), what));
    }
    Optional<String> mount = group(matcher, "mount");
    if (mount.isPresent()) {
      String place = mount.get().replaceFirst("^\\./", "/");
      return Optional.of(new ObstacleResource(ObstacleResource.Type.MOUNT, place, ""));
    }
    if (what.isEmpty()) {
      return Optional.empty();
    }
    ObstacleResource.Type type =
        what.toLowerCase(Locale.ROOT).startsWith("family")
            ? ObstacleResource.Type.SOCKET
            : ObstacleResource.Type.FILE;
    return Optional.of(new ObstacleResource(type, what, ""));
  }

  private static Optional<String> group(Matcher matcher, String name) {
    return matcher.namedGroups().containsKey(name)
        ? Optional.ofNullable(matcher.group(name))
        : Optional.empty();
  }
}
