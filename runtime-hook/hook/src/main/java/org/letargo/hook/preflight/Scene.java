package org.letargo.hook.preflight;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.letargo.hook.engine.Inode;
import org.letargo.hook.engine.OpenFiles;

/**
 * A running VPS as one pass over /proc saw it. Its processes went on meanwhile: two things that are
 * seen here may never have been at the same instant.
 *
 * @param init the host's number of its PID 1
 * @param members PID 1 and all below it: what is saved
 * @param guests the other processes in its groups: sessions of exec
 * @param memberPids their numbers on the host
 * @param mounts by mount namespace
 */
record Scene(
    long init,
    List<GuestProcess> members,
    List<GuestProcess> guests,
    Set<Long> memberPids,
    Map<String, MountTable> mounts,
    SocketTables sockets) {

  /** Reads these processes of the host. */
  static Scene read(long init, List<Long> pids) {
    ProcessReader reader = new ProcessReader();
    Map<Long, GuestProcess> processes = new HashMap<>();
    List<GuestProcess> inOrder = new ArrayList<>();
    for (long pid : pids) {
      reader
          .read(pid)
          .ifPresent(process -> {
            processes.put(pid, process);
            inOrder.add(process);
          });
    }
    Map<Boolean, List<GuestProcess>> parted =
        inOrder.stream()
            .collect(Collectors.partitioningBy(process -> isBelow(init, process, processes)));
    Set<Long> memberPids = new HashSet<>();
    parted.get(true).forEach(process -> memberPids.add(process.hostPid()));
    Scene scene =
        new Scene(
            init,
            parted.get(true),
            parted.get(false),
            memberPids,
            reader.mounts(),
            new SocketTables());
    scene.readSockets();
    return scene;
  }

  private static boolean isBelow(
      long init, GuestProcess process, Map<Long, GuestProcess> processes) {
    GuestProcess above = process;
    for (int steps = 0; above != null && steps <= processes.size(); steps++) {
      if (above.hostPid() == init) {
        return true;
      }
      above = processes.get(above.status().parent());
    }
    return false;
  }

  private void readSockets() {
    Set<String> seen = new HashSet<>();
    members.stream()
        .filter(process -> !process.namespace("net").isEmpty())
        .filter(process -> seen.add(process.namespace("net")))
        .forEach(process -> sockets.add(process.hostPid()));
  }

  /** PID 1, if it was still there. */
  Optional<GuestProcess> initProcess() {
    return members.stream().filter(process -> process.hostPid() == init).findFirst();
  }

  /** The mounts that a process sees. */
  Optional<MountTable> mountsOf(GuestProcess process) {
    return Optional.ofNullable(mounts.get(process.namespace("mnt")));
  }

  /** A mount of any of its namespaces. */
  Optional<Mount> findMount(int id) {
    return mounts.values().stream().flatMap(table -> table.find(id).stream()).findFirst();
  }

  boolean isMember(long hostPid) {
    return memberPids.contains(hostPid);
  }

  /** A descriptor with its process. */
  record Held(GuestProcess process, Descriptor descriptor) {}

  /** All descriptors of all members. */
  Stream<Held> descriptors() {
    return members.stream()
        .flatMap(process ->
            process.descriptors().stream().map(descriptor -> new Held(process, descriptor)));
  }

  /** All sockets of all members. */
  Stream<Held> openSockets() {
    return descriptors().filter(held -> held.descriptor().isSocket());
  }

  /** What the engine's options need to know. */
  OpenFiles openFiles() {
    Set<Inode> watched = new HashSet<>();
    Map<String, Long> deleted = new HashMap<>(); // many processes may have the same file
    descriptors()
        .forEach(held -> {
          watched.addAll(held.descriptor().info().watched());
          long bytes = DeletedFileCheck.deletedBytes(held.descriptor());
          deleted.merge(held.descriptor().target() + bytes, bytes, Math::max);
        });
    for (GuestProcess process : members) {
      for (MappedFile mapping : process.mappings()) {
        long bytes = DeletedFileCheck.deletedBytes(this, process, mapping);
        deleted.merge(mapping.target() + bytes, bytes, Math::max);
      }
    }
    LongSummaryStatistics sizes = new LongSummaryStatistics();
    sizes.accept(0);
    deleted.values().forEach(sizes::accept);
    return new OpenFiles(watched, sizes.getMax(), sizes.getSum());
  }
}
