package org.letargo.integration.bench;

/** Takes the time of a piece of work. */
final class Clock {
  private Clock() {}

  /** How long it takes, in seconds of the wall. */
  static double seconds(Runnable work) {
    long before = System.nanoTime();
    work.run();
    return (System.nanoTime() - before) / 1e9;
  }
}
