package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;

/**
 * Open devices. The engine saves memory devices without state, terminals and tun (dump_chrdev in
 * its files.c).
 */
final class DeviceCheck implements Check {
  private static final int MEMORY = 1;
  private static final int TERMINALS = 4;
  private static final int TERMINAL_CONTROL = 5;
  private static final int MISCELLANEOUS = 10;
  private static final int TUN = 200;
  private static final int FIRST_PTY = 128;
  private static final int LAST_PTY = 143;

  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .descriptors()
        .filter(held -> isUnknown(held.descriptor().file()))
        .forEach(
            held -> findings.add(held.process().obstacle(ObstacleKind.DEVICE, held.descriptor())));
  }

  private static boolean isUnknown(FileFacts file) {
    if (file.isBlockDevice()) {
      return true;
    }
    return file.isCharacterDevice() && !isSaved(file.major(), file.minor());
  }

  private static boolean isSaved(int major, int minor) {
    return switch (major) {
      case MEMORY -> minor == 3 || minor == 5 || minor == 7 || minor == 8 || minor == 9;
      case TERMINALS, TERMINAL_CONTROL -> true;
      case MISCELLANEOUS -> minor == TUN;
      case 0 -> true; // the white-out of an overlay, which nobody can open
      default -> major >= FIRST_PTY && major <= LAST_PTY;
    };
  }
}
