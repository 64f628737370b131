package org.letargo.archive.disk;

import java.util.Set;

/**
 * The device nodes that the disk changes of a VPS may hold: those that give nothing of the host
 * away, by the numbers of Documentation/admin-guide/devices.txt. Any other node made by root on the
 * host would open a way to its disks or memory.
 */
final class Devices {
  static final String NAMES = "null, zero, full, random, urandom and tty";

  private static final int MEMORY = 1;
  private static final Set<Integer> MEMORY_MINORS = Set.of(3, 5, 7, 8, 9); // in the order of NAMES
  private static final int TTY = 5;

  private Devices() {}

  static boolean isAllowed(FileStatus.Type type, int major, int minor) {
    return type == FileStatus.Type.CHARACTER_DEVICE
        && (major == MEMORY && MEMORY_MINORS.contains(minor) || major == TTY && minor == 0);
  }
}
