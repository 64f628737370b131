package org.letargo.integration.bench;

/**
 * What is suspended and resumed.
 *
 * @param memoryBytes the limit; 0 for Letargo's own
 */
record Subject(String title, String template, long memoryBytes, Load load) {
  private static final int BIG_MEBIBYTES = 1024;

  static final Subject TINY = new Subject("tiny", "tiny", 0, Load.NOTHING);
  static final Subject DEBIAN = new Subject("debian-12", "debian-12", 0, Load.NOTHING);
  static final Subject BIG =
      new Subject("1 GiB in tiny", "tiny", 3L << 29, Load.memory(BIG_MEBIBYTES));

  /** Whether others do the same work: systemd would need more of them than they have. */
  boolean hasRivals() {
    return !hasSystemd();
  }

  boolean hasSystemd() {
    return template.startsWith("debian");
  }

  /** Whether the load's program must be put into it. */
  boolean usesFill() {
    return !load.equals(Load.NOTHING);
  }
}
