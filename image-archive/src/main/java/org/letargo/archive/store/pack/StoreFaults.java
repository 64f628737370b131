package org.letargo.archive.store.pack;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Named points at which a store can be made to die, for the tests of what is then on the disk:
 * {@code -Dletargo.store.fault=collect.copied:3} dies at the third time. Without the property they
 * do nothing.
 */
final class StoreFaults {
  private static final String PROPERTY = System.getProperty("letargo.store.fault", "");
  private static final String POINT = PROPERTY.replaceFirst(":.*", "");
  private static final AtomicInteger LEFT =
      new AtomicInteger(
          PROPERTY.contains(":") ? Integer.parseInt(PROPERTY.replaceFirst(".*:", "")) : 1);
  private static final int STATUS_OF_SIGKILL = 137;

  private StoreFaults() {}

  /** Dies here, as by kill -9, if this point is armed. */
  static void at(String point) {
    if (POINT.equals(point) && LEFT.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(STATUS_OF_SIGKILL);
    }
  }
}
