package org.letargo.integration.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.letargo.integration.harness.HostCommand;

/** The control groups that the other contenders leave behind, of either version. */
final class ControlGroups {
  static final Path TOP = Path.of("/sys/fs/cgroup");

  private ControlGroups() {}

  /**
   * Removes a group with all below it from every hierarchy; no process may be in it.
   *
   * @param path as in config.json, with a slash in front
   */
  static void remove(String path) throws IOException {
    try (Stream<Path> hierarchies = Files.list(TOP)) {
      for (Path hierarchy : Stream.concat(Stream.of(TOP), hierarchies).toList()) {
        Path group = hierarchy.resolve(path.substring(1));
        if (Files.isDirectory(group) && !Files.isSymbolicLink(hierarchy)) {
          HostCommand.run("find", group.toString(), "-depth", "-type", "d", "-delete");
        }
      }
    }
  }
}
