package org.letargo.hook.change;

/**
 * Named points at which the real hook can be made to die, for the tests of what then happens:
 * {@code LETARGO_FAULT=suspend.before-commit} in its environment. Without the variable they do
 * nothing.
 */
final class Faults {
  private static final String ARMED = System.getenv().getOrDefault("LETARGO_FAULT", "");
  private static final int STATUS_OF_SIGKILL = 137;

  private Faults() {}

  /** Dies here, as by kill -9, if this point is armed. */
  static void at(String point) {
    if (ARMED.equals(point)) {
      Runtime.getRuntime().halt(STATUS_OF_SIGKILL);
    }
  }

  /** Throws here if this point is armed as {@code fail:POINT}. */
  static void failAt(String point) {
    if (ARMED.equals("fail:" + point)) {
      throw new IllegalStateException("armed fault at " + point);
    }
  }

  /** Whether this part is left out: armed as {@code without:PART}. */
  static boolean isWithout(String part) {
    return ARMED.equals("without:" + part);
  }
}
