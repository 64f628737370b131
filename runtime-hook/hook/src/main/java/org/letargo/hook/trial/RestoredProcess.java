package org.letargo.hook.trial;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.letargo.archive.criu.FileKind;

/**
 * A process of a VPS as /proc of the host shows it.
 *
 * @param proc its folder
 * @param pid as the VPS counts
 * @param parent as the host counts
 */
record RestoredProcess(Path proc, int pid, long parent, int threads, String name) {
  /**
   * @return empty if it has ended, or is in no pid namespace of its own: the engine's own processes
   *     may be among those of the VPS
   */
  static Optional<RestoredProcess> read(Path proc) {
    try {
      Map<String, String> status = new HashMap<>();
      for (String line : Files.readAllLines(proc.resolve("status"), StandardCharsets.ISO_8859_1)) {
        String[] halves = line.split(":\\s*", 2);
        status.put(halves[0], halves.length == 2 ? halves[1] : "");
      }
      String[] pids = status.getOrDefault("NSpid", "").split("\\s+");
      if (pids.length < 2) {
        return Optional.empty();
      }
      byte[] name = Files.readAllBytes(proc.resolve("comm"));
      return Optional.of(
          new RestoredProcess(
              proc,
              Integer.parseInt(pids[pids.length - 1]),
              Long.parseLong(status.getOrDefault("PPid", "0")),
              Integer.parseInt(status.getOrDefault("Threads", "0")),
              new String(name, 0, Math.max(0, name.length - 1), StandardCharsets.UTF_8)));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  long hostPid() {
    return Long.parseLong(proc.getFileName().toString());
  }

  /**
   * Whether it has a child of this number, as the VPS counts; also one that has ended. The kernel
   * tells where it was built with CONFIG_PROC_CHILDREN, without which the engine does not work.
   */
  boolean hasChild(int childPid) {
    try (DirectoryStream<Path> ownThreads = Files.newDirectoryStream(proc.resolve("task"))) {
      for (Path thread : ownThreads) {
        for (String child : Files.readString(thread.resolve("children")).split(" ")) {
          if (!child.isEmpty()
              && read(proc.resolveSibling(child)).filter(it -> it.pid == childPid).isPresent()) {
            return true;
          }
        }
      }
      return false;
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  /** What a descriptor is open on; empty if there is none of this number. */
  Optional<String> target(int descriptor) {
    try {
      return Optional.of(
          Files.readSymbolicLink(proc.resolve("fd").resolve(String.valueOf(descriptor)))
              .toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether what the link of a descriptor says is of this kind. */
  static boolean isKind(String target, FileKind kind) {
    return switch (kind) {
      case PATH -> target.startsWith("/") && !target.startsWith("/memfd:");
      case PIPE -> target.startsWith("pipe:");
      case SOCKET -> target.startsWith("socket:");
      case EVENTFD -> target.startsWith("anon_inode:") && target.contains("eventfd");
      case EPOLL -> target.startsWith("anon_inode:") && target.contains("eventpoll");
      case INOTIFY -> target.startsWith("anon_inode:") && target.contains("inotify");
      case SIGNALFD -> target.startsWith("anon_inode:") && target.contains("signalfd");
      case TIMERFD -> target.startsWith("anon_inode:") && target.contains("timerfd");
      case MEMFD -> target.startsWith("/memfd:");
      case OTHER -> true;
    };
  }
}
