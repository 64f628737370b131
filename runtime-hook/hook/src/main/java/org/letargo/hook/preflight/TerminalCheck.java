package org.letargo.hook.preflight;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import org.letargo.hook.protocol.ObstacleKind;

/**
 * Terminals whose master is not saved. There may be one, the console (tty_verify_active_pairs in
 * the engine's tty.c).
 */
final class TerminalCheck implements Check {
  private static final int FIRST_SLAVE = 136;
  private static final int LAST_SLAVE = 143;
  private static final int SLAVES_PER_MAJOR = 256;

  @Override
  public void search(Scene scene, Findings findings) {
    Set<Integer> masters = new HashSet<>();
    TreeMap<Integer, Scene.Held> slaves = new TreeMap<>();
    scene
        .descriptors()
        .forEach(held -> {
          if (held.descriptor().info().terminal() >= 0) {
            masters.add(held.descriptor().info().terminal());
          }
          FileFacts file = held.descriptor().file();
          boolean hasHungUp = held.descriptor().isDeleted(); // with its master, for good
          if (file.isCharacterDevice()
              && !hasHungUp
              && file.major() >= FIRST_SLAVE
              && file.major() <= LAST_SLAVE) {
            int number = (file.major() - FIRST_SLAVE) * SLAVES_PER_MAJOR + file.minor();
            slaves.putIfAbsent(number, held);
          }
        });
    // the engine takes the first for the console, whichever it is
    slaves.entrySet().stream()
        .filter(slave -> !masters.contains(slave.getKey()))
        .skip(1)
        .forEach(slave -> {
          Scene.Held held = slave.getValue();
          findings.add(held.process().obstacle(ObstacleKind.TERMINAL_OUTSIDE, held.descriptor()));
        });
  }
}
