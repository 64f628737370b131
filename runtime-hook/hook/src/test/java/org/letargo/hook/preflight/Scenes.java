package org.letargo.hook.preflight;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.letargo.hook.protocol.Obstacle;

/** Scenes made by hand: what no program of a test may make, and what this kernel does not have. */
final class Scenes {
  static final long INIT = 1000;

  private static final Map<String, String> NAMESPACES =
      Map.of(
          "cgroup", "cgroup:[1]",
          "ipc", "ipc:[2]",
          "mnt", "mnt:[3]",
          "net", "net:[4]",
          "pid", "pid:[5]",
          "time", "time:[6]",
          "time_for_children", "time:[6]",
          "user", "user:[7]",
          "uts", "uts:[8]");

  private static final String MOUNTS =
      """
      100 1 0:40 / / rw - overlay letargo rw
      101 100 0:41 / /proc rw - proc proc rw
      102 100 0:42 / /dev rw - tmpfs tmpfs rw
      """;

  private final List<GuestProcess> members = new ArrayList<>();
  private final List<GuestProcess> guests = new ArrayList<>();
  private final Map<String, MountTable> mounts = new HashMap<>();
  final SocketTables sockets = new SocketTables();

  Scenes() {
    mounts.put("mnt:[3]", MountTable.parse(MOUNTS));
    member(INIT, new TaskStatus("init", 'S', 1, 0, 1, 1, 1, 7, "0-1"), Map.of());
  }

  Scenes withMounts(String further) {
    mounts.put("mnt:[3]", MountTable.parse(MOUNTS + further));
    return this;
  }

  /** A process with the pid 7 inside and these descriptors. */
  Scenes with(Descriptor... descriptors) {
    members.add(
        new GuestProcess(1006, status('S', 0, 7), NAMESPACES, List.of(descriptors), List.of()));
    return this;
  }

  Scenes with(MappedFile... mappings) {
    members.add(
        new GuestProcess(1006, status('S', 0, 7), NAMESPACES, List.of(), List.of(mappings)));
    return this;
  }

  Scenes member(long hostPid, TaskStatus status, Map<String, String> namespaces) {
    Map<String, String> own = new HashMap<>(NAMESPACES);
    own.putAll(namespaces);
    members.add(new GuestProcess(hostPid, status, own, List.of(), List.of()));
    return this;
  }

  Scenes guest(long hostPid, long parent, Descriptor... descriptors) {
    guests.add(
        new GuestProcess(
            hostPid,
            new TaskStatus("bash", 'S', parent, 0, 90, 90, 1, 7, "0-1"),
            NAMESPACES,
            List.of(descriptors),
            List.of()));
    return this;
  }

  static TaskStatus status(char state, long tracer, int session) {
    return new TaskStatus("program", state, INIT, tracer, 7, session, 1, 7, "0-1");
  }

  static Descriptor descriptor(int number, String target) {
    return new Descriptor(number, target, DescriptorInfo.NONE, FileFacts.NONE);
  }

  static Descriptor descriptor(int number, String target, String fdinfo) {
    return new Descriptor(number, target, DescriptorInfo.parse(fdinfo), FileFacts.NONE);
  }

  /** A device node, open. */
  static Descriptor device(int number, String path, boolean isBlock, int major, int minor) {
    int mode = isBlock ? 0060600 : 0020600;
    long device = (long) major << 8 | minor & 0xff | (long) (minor & ~0xff) << 12;
    return new Descriptor(
        number, path, DescriptorInfo.parse("mnt_id:\t102\n"), new FileFacts(mode, device, 0, 1));
  }

  Scene scene() {
    Set<Long> pids = new HashSet<>();
    members.forEach(process -> pids.add(process.hostPid()));
    return new Scene(INIT, members, guests, pids, mounts, sockets);
  }

  /** What one check finds, {@code CODE: SENTENCE} each. */
  List<String> found(Check check) {
    Findings findings = new Findings();
    check.search(scene(), findings);
    return findings.obstacles().stream().map(Scenes::line).toList();
  }

  static String line(Obstacle obstacle) {
    return obstacle.kind().word() + ": " + obstacle.sentence();
  }
}
