package org.letargo.archive.diff;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.checkpoint.StoredImages;
import org.letargo.archive.criu.CriuImages;
import org.letargo.archive.criu.CriuProcess;
import org.letargo.archive.criu.CriuSocket;
import org.letargo.archive.disk.DiskComparison;
import org.letargo.archive.disk.FileChange;

/**
 * What is different between two checkpoints of one store, of one VPS or of two.
 *
 * @param memory of all processes and shared memory together
 * @param processes that are different, by number
 * @param sockets that only one has, by address
 * @param files that are different, by path
 * @param omittedFiles how many more there are
 */
public record CheckpointDiff(
    MemoryChange memory,
    List<ProcessChange> processes,
    List<SocketChange> sockets,
    List<FileChange> files,
    long omittedFiles) {
  public CheckpointDiff {
    processes = List.copyOf(processes);
    sockets = List.copyOf(sockets);
    files = List.copyOf(files);
  }

  /** What of one checkpoint is needed of its processes. */
  private record Side(
      StoredCheckpoint checkpoint,
      CriuImages images,
      Map<Integer, CriuProcess> processes,
      Map<Integer, String> programs,
      List<CriuSocket> sockets) {
    static Side of(StoredCheckpoint checkpoint) throws IOException {
      var images = new CriuImages(StoredImages.of(checkpoint));
      if (!checkpoint.manifest().hasMemory()) {
        return new Side(checkpoint, images, Map.of(), Map.of(), List.of());
      }
      List<CriuProcess> processes = images.processes();
      Map<Integer, CriuProcess> byPid = new HashMap<>();
      processes.forEach(process -> byPid.put(process.pid(), process));
      return new Side(checkpoint, images, byPid, images.programs(processes), images.sockets());
    }
  }

  /**
   * Compares. Takes a second per some gigabytes of memory or some hundred thousand files.
   *
   * @param before the earlier one; stays the caller's, as does the other
   * @param template the files that both disks build on
   * @param mostFiles more are counted only
   * @throws org.letargo.archive.ArchiveException if one of them cannot be read
   */
  public static CheckpointDiff between(
      StoredCheckpoint before,
      StoredCheckpoint after,
      DiskComparison.Template template,
      int mostFiles)
      throws IOException {
    Side old = Side.of(before);
    Side now = Side.of(after);
    Map<String, MemoryChange> memory = memory(old, now);
    List<FileChange> files = new ArrayList<>();
    long[] omitted = {0};
    new DiskComparison(
            before,
            after,
            template,
            change -> {
              if (files.size() < mostFiles) {
                files.add(change);
              } else {
                omitted[0]++;
              }
            })
        .run();
    return new CheckpointDiff(
        memory.values().stream().reduce(MemoryChange.NONE, MemoryChange::plus),
        processes(old, now, memory),
        sockets(old.sockets, now.sockets),
        files,
        omitted[0]);
  }

  /** By the name of the pagemap. */
  private static Map<String, MemoryChange> memory(Side old, Side now) throws IOException {
    Map<String, MemoryChange> memory = new HashMap<>();
    List<String> before = old.images.pagemaps();
    Set<String> after = new TreeSet<>(now.images.pagemaps());
    for (String name : before) {
      memory.put(
          name,
          after.contains(name)
              ? MemoryComparison.between(old.checkpoint, now.checkpoint, name)
              : MemoryComparison.only(old.checkpoint, name, false));
    }
    for (String name : after) {
      if (!memory.containsKey(name)) {
        memory.put(name, MemoryComparison.only(now.checkpoint, name, true));
      }
    }
    return memory;
  }

  private static List<ProcessChange> processes(
      Side old, Side now, Map<String, MemoryChange> memory) {
    var pids = new TreeSet<>(old.processes.keySet());
    pids.addAll(now.processes.keySet());
    List<ProcessChange> changes = new ArrayList<>();
    for (int pid : pids) {
      MemoryChange its = memory.getOrDefault("pagemap-" + pid + ".img", MemoryChange.NONE);
      ProcessChange change = process(pid, old, now, its);
      if (change.kind() != ProcessChange.Kind.CHANGED || !its.isNone()) {
        changes.add(change);
      }
    }
    return changes;
  }

  private static ProcessChange process(int pid, Side old, Side now, MemoryChange memory) {
    String formerly = old.programs.getOrDefault(pid, "");
    String program = now.programs.getOrDefault(pid, "");
    if (!now.processes.containsKey(pid)) {
      String name = old.processes.get(pid).name();
      return new ProcessChange(pid, ProcessChange.Kind.GONE, name, formerly, "", memory);
    }
    String name = now.processes.get(pid).name();
    if (!old.processes.containsKey(pid)) {
      return new ProcessChange(pid, ProcessChange.Kind.NEW, name, program, "", memory);
    }
    return program.equals(formerly)
        ? new ProcessChange(pid, ProcessChange.Kind.CHANGED, name, program, "", memory)
        : new ProcessChange(pid, ProcessChange.Kind.OTHER_PROGRAM, name, program, formerly, memory);
  }

  /** Two that look the same count twice. */
  private static List<SocketChange> sockets(List<CriuSocket> old, List<CriuSocket> now) {
    Map<CriuSocket, Integer> balance = new TreeMap<>();
    old.forEach(socket -> balance.merge(socket, -1, Integer::sum));
    now.forEach(socket -> balance.merge(socket, 1, Integer::sum));
    List<SocketChange> changes = new ArrayList<>();
    balance.forEach((socket, count) -> {
      for (int i = 0; i < Math.abs(count); i++) {
        changes.add(new SocketChange(count > 0, socket));
      }
    });
    return changes;
  }
}
