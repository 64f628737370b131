package org.letargo.hook.preflight;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;

/**
 * Mounts of kinds that the engine does not know (validate_mounts in its mount.c; the kinds are in
 * its filesystems.c), in all mount namespaces of the VPS.
 */
final class MountCheck implements Check {
  private static final Set<String> SAVED =
      Set.of(
          "proc",
          "sysfs",
          "devtmpfs",
          "binfmt_misc",
          "tmpfs",
          "devpts",
          "pstore",
          "mqueue",
          "securityfs",
          "fusectl",
          "debugfs",
          "tracefs",
          "cgroup",
          "cgroup2",
          "overlay");

  @Override
  public void search(Scene scene, Findings findings) {
    Set<String> told = new HashSet<>();
    for (MountTable table : scene.mounts().values()) {
      Optional<Mount> root = table.root();
      for (Mount mount : table.all()) {
        boolean isOfTheRoot = root.map(top -> top.device().equals(mount.device())).orElse(false);
        if (!isOfTheRoot && isUnsaved(mount) && told.add(mount.point())) {
          findings.add(obstacle(mount));
        }
      }
    }
  }

  /**
   * Of a part of a file system the engine needs the whole elsewhere, of a whole its kind. What
   * {@code ip netns add} mounts is a namespace, whose whole is nowhere.
   */
  private static boolean isUnsaved(Mount mount) {
    return mount.type().equals("nsfs") || mount.root().equals("/") && !SAVED.contains(mount.type());
  }

  private static Obstacle obstacle(Mount mount) {
    ObstacleKind kind = mount.isFuse() ? ObstacleKind.FUSE_MOUNT : ObstacleKind.UNSUPPORTED_MOUNT;
    return Obstacle.of(
            kind,
            Optional.empty(),
            Optional.of(
                new ObstacleResource(
                    ObstacleResource.Type.MOUNT, ProcFile.shown(mount.point()), mount.type())))
        .because(kind.reason() + ": " + mount.type());
  }
}
