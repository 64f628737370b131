package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;

/**
 * File locks and leases. A POSIX lock belongs to a process; one of a process that is not saved
 * cannot be taken again (dump_file_locks in the engine's file-lock.c).
 */
final class LockCheck implements Check {
  private static final int OWNER = 4;

  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .descriptors()
        .forEach(held -> {
          for (String lock : held.descriptor().info().locks()) {
            ObstacleKind kind =
                isOfAnOutsider(scene, lock) ? ObstacleKind.SHARED_LOCK : ObstacleKind.FILE_LOCK;
            findings.add(
                held.process()
                    .obstacle(kind, held.descriptor())
                    .because(kind.reason() + ": " + kindOf(lock)));
          }
        });
  }

  /** {@code 1: POSIX ADVISORY WRITE 4711 08:01:12345 0 EOF}. */
  private static boolean isOfAnOutsider(Scene scene, String lock) {
    String[] fields = lock.split("\\s+");
    if (fields.length <= OWNER || !fields[1].equals("POSIX")) {
      return false;
    }
    try {
      long owner = Long.parseLong(fields[OWNER]);
      return owner > 0 && !scene.isMember(owner);
    } catch (NumberFormatException e) {
      return false; // not a form that we know; the engine will say
    }
  }

  private static String kindOf(String lock) {
    String[] fields = lock.split("\\s+");
    return fields.length < OWNER ? lock : fields[1] + " " + fields[3];
  }
}
