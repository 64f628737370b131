package org.letargo.hook.preflight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.letargo.hook.engine.Inode;
import org.letargo.hook.protocol.ObstacleKind;

/**
 * Watches on the VPS's disk whose inode no path leads to. On other file systems, a tmpfs say, the
 * engine finds the path by itself (check_open_handle in its fsnotify.c); on an overlay it cannot.
 */
final class PathlessWatches {
  private final Set<Inode> found;

  /**
   * @param found the inodes that have a path
   */
  PathlessWatches(Set<Inode> found) {
    this.found = found;
  }

  void search(Scene scene, Findings findings) {
    Optional<Long> disk = diskOf(scene.init());
    if (disk.isEmpty()) {
      return;
    }
    scene
        .descriptors()
        .filter(held ->
            held.descriptor().info().watched().stream()
                .anyMatch(inode -> inode.device() == disk.get() && !found.contains(inode)))
        .forEach(held ->
            findings.add(held.process().obstacle(ObstacleKind.PATHLESS_WATCH, held.descriptor())));
  }

  private static Optional<Long> diskOf(long init) {
    try {
      return Optional.of(
          (Long) Files.getAttribute(Path.of("/proc/" + init + "/root/."), "unix:dev"));
    } catch (IOException e) {
      return Optional.empty(); // the VPS has ended
    }
  }
}
