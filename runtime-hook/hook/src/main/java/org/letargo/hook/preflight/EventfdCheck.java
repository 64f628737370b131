package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;

/**
 * Eventfds that are semaphores, or have counted beyond 32 bits: the engine makes them by
 * eventfd(2), which takes a first value of 32 bits, and without EFD_SEMAPHORE (its eventfd.c).
 * Kernels before 6.7 do not tell which are semaphores.
 */
final class EventfdCheck implements Check {
  private static final long MOST_COUNT = 0xffff_ffffL;

  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .descriptors()
        .forEach(held -> {
          DescriptorInfo info = held.descriptor().info();
          if (info.isSemaphore()) {
            find(held, "it becomes a counter, not a semaphore", findings);
          } else if (Long.compareUnsigned(info.eventCount(), MOST_COUNT) > 0) {
            find(held, "of its counter the low 32 bits are kept", findings);
          }
        });
  }

  private static void find(Scene.Held held, String why, Findings findings) {
    findings.add(held.process().obstacle(ObstacleKind.EVENTFD, held.descriptor()).because(why));
  }
}
