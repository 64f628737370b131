package org.letargo.hook.preflight;

import java.util.Optional;
import org.letargo.hook.protocol.ObstacleKind;

/** Open files that no path of the VPS leads to (dump_one_reg_file in the engine's files-reg.c). */
final class FilePlaceCheck implements Check {
  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .descriptors()
        .filter(held -> held.descriptor().isPath() && !held.descriptor().isPathOfTheKernel())
        .filter(held -> held.descriptor().info().mount() >= 0)
        .forEach(held -> check(scene, held, findings));
  }

  private static void check(Scene scene, Scene.Held held, Findings findings) {
    Optional<Mount> mount = scene.findMount(held.descriptor().info().mount());
    if (mount.isEmpty() && MessageQueueCheck.isQueue(scene, held.descriptor())) {
      return; // told as what it is
    }
    if (mount.isEmpty()) {
      findings.add(held.process().obstacle(ObstacleKind.OUTSIDE_FILE, held.descriptor()));
    } else if (isCovered(scene, mount.get(), held.descriptor())) {
      findings.add(held.process().obstacle(ObstacleKind.COVERED_FILE, held.descriptor()));
    }
  }

  /** A deleted file is saved with its contents, wherever its name was. */
  private static boolean isCovered(Scene scene, Mount mount, Descriptor file) {
    return scene.mounts().values().stream()
        .filter(table -> table.find(mount.id()).isPresent())
        .anyMatch(table ->
            file.isDeleted() ? table.isCovered(mount) : table.isCovered(mount, file.target()));
  }
}
