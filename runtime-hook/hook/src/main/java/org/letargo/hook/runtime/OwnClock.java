package org.letargo.hook.runtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.letargo.hook.command.Command;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.VpsName;

/**
 * The time namespace of a VPS that was resumed: the engine makes it, so that the VPS's monotonic
 * clock goes on where it was (time_namespaces(7)). runc before 1.2 knows nothing of it. A command
 * that it starts would see another clock than the VPS's own programs; and one that such a command
 * leaves behind (tmux, say) would be a child of PID 1 in a namespace of the host, which the engine
 * saves without a word and cannot restore: {@code Can't restore sub-task in NS}.
 *
 * <p>So runc itself is started in that namespace. There every process has another start time, by
 * which runc knows its container, and it gets a copy of its state that says so.
 */
final class OwnClock {
  private static final Path HOSTS = Path.of("/proc/self/ns/time");

  private final Path root;

  /**
   * @param root where the copies are kept, a folder for each VPS, as {@code runc --root} wants it
   */
  OwnClock(Path root) {
    this.root = root;
  }

  /**
   * The beginning of a command line of runc's, up to its {@code --root}.
   *
   * @param state runc's own state of the VPS
   * @return empty if the VPS has the host's clock
   */
  synchronized Optional<List<String>> runcInside(VpsName name, InitProcess init, Path state) {
    Path own = Path.of("/proc/" + init.pid() + "/ns/time");
    try {
      if (!Files.exists(own) || Files.isSameFile(own, HOSTS)) {
        return Optional.empty();
      }
      List<String> nsenter = List.of("nsenter", "--time=" + own, "--");
      ObjectNode copy = (ObjectNode) Json.MAPPER.readTree(Files.readAllBytes(state));
      copy.put("init_process_start", startTicks(init, nsenter));
      DurableFiles.folder(root, "rwx--x--x");
      DurableFiles.folder(root.resolve(name.value()), "rwx------");
      DurableFiles.writeJson(root.resolve(name.value()).resolve("state.json"), copy);
      return Optional.of(followed(nsenter, "runc", "--root", root.toString()));
    } catch (IOException e) {
      throw DurableFiles.failed("cannot enter VPS '" + name + "'", e);
    }
  }

  /** As it is counted in there: the kernel adds the namespace's offset when it is read. */
  private static long startTicks(InitProcess init, List<String> nsenter) {
    return InitProcess.startTicks(
        Command.of(followed(nsenter, "cat", "/proc/" + init.pid() + "/stat"))
            .run()
            .orFail("cannot read the clock of the VPS")
            .output());
  }

  private static List<String> followed(List<String> line, String... rest) {
    return Stream.concat(line.stream(), Stream.of(rest)).toList();
  }

  void forget(VpsName name) {
    DurableFiles.deleteTree(root.resolve(name.value()));
  }
}
