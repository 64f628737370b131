package org.letargo.hook.change;

/**
 * Named points at which the real hook can be made to die, to fail or to take its time, for the
 * tests of what then happens: {@code LETARGO_FAULT} in its environment is {@code POINT}, {@code
 * fail:POINT} or {@code delay:POINT}. Without the variable they do nothing.
 */
final class Faults {
  private static final String ARMED = System.getenv().getOrDefault("LETARGO_FAULT", "");
  private static final int STATUS_OF_SIGKILL = 137;
  private static final long DELAY_MILLIS = 1500;

  private Faults() {}

  /** Dies here as by kill -9, throws, or waits, if this point is armed. */
  static void at(String point) {
    if (ARMED.equals(point)) {
      Runtime.getRuntime().halt(STATUS_OF_SIGKILL);
    }
    if (ARMED.equals("fail:" + point)) {
      throw new IllegalStateException("armed fault at " + point);
    }
    if (ARMED.equals("delay:" + point)) {
      delay();
    }
  }

  private static void delay() {
    try {
      Thread.sleep(DELAY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether this part is left out: armed as {@code without:PART}. */
  static boolean isWithout(String part) {
    return ARMED.equals("without:" + part);
  }
}
