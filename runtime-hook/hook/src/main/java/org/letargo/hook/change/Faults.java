package org.letargo.hook.change;

import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * Named points at which the real hook can be made to die, to fail or to take its time, for the
 * tests of what then happens: {@code LETARGO_FAULT} in its environment is {@code POINT}, {@code
 * fail:POINT}, {@code delay:POINT} or {@code hold:POINT}, or several with commas between. Without
 * the variable they do nothing.
 */
public final class Faults {
  private static final Set<String> ARMED =
      Set.of(System.getenv().getOrDefault("LETARGO_FAULT", "").split(",", -1));
  private static final int STATUS_OF_SIGKILL = 137;
  private static final long DELAY_MILLIS = 1500;

  private Faults() {}

  /** Whether anything is to happen at this point: for one that comes too early otherwise. */
  static boolean concern(String point) {
    return ARMED.stream().anyMatch(armed -> armed.endsWith(point));
  }

  /** Dies here as by kill -9, throws, or waits, if this point is armed. */
  public static void at(String point) {
    if (ARMED.contains(point)) {
      Runtime.getRuntime().halt(STATUS_OF_SIGKILL);
    }
    if (ARMED.contains("fail:" + point)) {
      throw new IllegalStateException("armed fault at " + point);
    }
    if (ARMED.contains("delay:" + point)) {
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

  /**
   * Stands still here, until somebody interrupts it, if this point is armed as {@code hold:POINT}.
   */
  static void holdAt(String point) {
    if (ARMED.contains("hold:" + point)) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether this part is left out: armed as {@code without:PART}. */
  static boolean isWithout(String part) {
    return ARMED.contains("without:" + part);
  }
}
