package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;

/** Inotify watches. Whether each has a path is seen when the paths are searched. */
final class InotifyCheck implements Check {
  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .descriptors()
        .filter(held -> held.descriptor().target().equals("anon_inode:inotify"))
        .forEach(held -> {
          int count = held.descriptor().info().watched().size();
          findings.add(
              held.process()
                  .obstacle(ObstacleKind.INOTIFY, held.descriptor())
                  .because(ObstacleKind.INOTIFY.reason() + ": " + count));
        });
  }
}
