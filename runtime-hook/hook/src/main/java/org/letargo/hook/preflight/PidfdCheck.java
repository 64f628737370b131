package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;

/**
 * Pidfds. One of a process that is saved, or has ended, is saved; one of a thread, or of a process
 * outside, is not (the engine's pidfd.c).
 */
final class PidfdCheck implements Check {
  /** PIDFD_THREAD, since Linux 6.9; the number of O_EXCL. */
  private static final int OF_A_THREAD = 0200;

  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .descriptors()
        .filter(held -> isPidfd(held.descriptor()))
        .forEach(held -> {
          DescriptorInfo info = held.descriptor().info();
          var obstacle = held.process().obstacle(ObstacleKind.FOREIGN_PIDFD, held.descriptor());
          if ((info.flags() & OF_A_THREAD) != 0) {
            findings.add(obstacle.because("it stands for a thread, which the engine cannot save"));
          } else if (info.process() != -1 && !scene.isMember(info.process())) {
            findings.add(obstacle);
          }
        });
  }

  private static boolean isPidfd(Descriptor descriptor) {
    return descriptor.target().startsWith("pidfd:")
        || descriptor.target().startsWith("anon_inode:[pidfd]");
  }
}
