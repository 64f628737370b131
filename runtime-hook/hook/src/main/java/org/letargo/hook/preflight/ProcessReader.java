package org.letargo.hook.preflight;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads processes from /proc, each once. One that ends meanwhile is left out, or is told with what
 * was still to be read. Mount tables are read once per mount namespace. For one thread.
 */
final class ProcessReader {
  private static final List<String> NAMESPACES =
      List.of("cgroup", "ipc", "mnt", "net", "pid", "time", "time_for_children", "user", "uts");

  /** A hostile program may hold a million descriptors; then the first ones must do. */
  private static final int MOST_DESCRIPTORS = 100_000;

  private final Map<String, MountTable> mounts = new HashMap<>();

  /** By mount namespace, those of all processes that were read. */
  Map<String, MountTable> mounts() {
    return mounts;
  }

  Optional<GuestProcess> read(long hostPid) {
    String proc = "/proc/" + hostPid;
    try {
      TaskStatus status = TaskStatus.read(hostPid);
      if (status.state() == 'Z' || status.state() == 'X') {
        return Optional.of(new GuestProcess(hostPid, status, Map.of(), List.of(), List.of()));
      }
      Map<String, String> namespaces = namespaces(proc);
      MountTable table = mounts.get(namespaces.get("mnt"));
      if (table == null) {
        table = MountTable.of(hostPid);
        mounts.put(namespaces.get("mnt"), table);
      }
      return Optional.of(
          new GuestProcess(
              hostPid,
              status,
              namespaces,
              descriptors(proc, table),
              MappedFile.parse(ProcFile.readIfThere(proc + "/maps"))));
    } catch (IOException e) {
      return Optional.empty(); // it has ended
    }
  }

  private static Map<String, String> namespaces(String proc) throws IOException {
    Map<String, String> found = new HashMap<>();
    for (String kind : NAMESPACES) {
      found.put(kind, Files.readSymbolicLink(Path.of(proc, "ns", kind)).toString());
    }
    return found;
  }

  private static List<Descriptor> descriptors(String proc, MountTable mounts) {
    List<Descriptor> found = new ArrayList<>();
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of(proc, "fd"))) {
      for (Path link : open) {
        if (found.size() == MOST_DESCRIPTORS) {
          break;
        }
        descriptor(proc, link, mounts).ifPresent(found::add);
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      // it ends; what was read is of no harm
    }
    return found;
  }

  private static Optional<Descriptor> descriptor(String proc, Path link, MountTable mounts) {
    try {
      String target = Files.readSymbolicLink(link).toString();
      String number = link.getFileName().toString();
      DescriptorInfo info =
          isWorthALook(target)
              ? DescriptorInfo.parse(ProcFile.read(proc + "/fdinfo/" + number))
              : DescriptorInfo.NONE;
      boolean canAnswer =
          target.startsWith("/") && mounts.find(info.mount()).map(Mount::isLocal).orElse(false);
      FileFacts file = canAnswer ? FileFacts.of(link.toString()) : FileFacts.NONE;
      return Optional.of(new Descriptor(Integer.parseInt(number), target, info, file));
    } catch (IOException e) {
      return Optional.empty(); // closed meanwhile
    }
  }

  private static boolean isWorthALook(String target) {
    return target.startsWith("/")
        || target.startsWith("pipe:")
        || target.startsWith("pidfd:")
        || target.equals("anon_inode:[eventfd]")
        || target.startsWith("anon_inode:[pidfd]")
        || target.startsWith("anon_inode:bpf-map")
        || target.equals("anon_inode:inotify");
  }
}
