package org.letargo.integration.harness;

/** The environment variables that change how tests run; README.md lists them. */
public final class Switches {
  private Switches() {}

  /** Instances are left as they are, for inspection. */
  public static boolean keep() {
    return "1".equals(System.getenv("KEEP"));
  }

  /** How long a history is tested; a bench makes it longer than a test can. */
  public static int moments(int usually) {
    return Integer.parseInt(System.getenv().getOrDefault("MOMENTS", String.valueOf(usually)));
  }

  /** Whether faults are tested that take minutes each. */
  public static boolean allFaults() {
    return "all".equals(System.getenv("FAULTS"));
  }

  /** What is missing on the machine is a failure. */
  static boolean requireAll() {
    return "all".equals(System.getenv("REQUIRE"));
  }
}
