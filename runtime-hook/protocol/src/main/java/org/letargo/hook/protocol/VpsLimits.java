package org.letargo.hook.protocol;

/**
 * What a VPS may use at most.
 *
 * @param memory 16 MiB or more
 * @param milliCpus thousandths of a processor, 50 to 1,024,000
 * @param pids processes and threads, 16 to 1,000,000
 */
public record VpsLimits(DataSize memory, int milliCpus, int pids) {
  /** What a VPS gets when nobody says anything. */
  public static final VpsLimits DEFAULT = new VpsLimits(DataSize.ofMebibytes(512), 1000, 512);

  public VpsLimits {
    if (memory.bytes() < 16L << 20) {
      throw VpsException.invalid(
          "memory limit " + memory, "a VPS needs 16 MiB at least", "Give more, such as '512M'.");
    }
    if (milliCpus < 50 || milliCpus > 1_024_000) {
      throw VpsException.invalid(
          "processor limit " + milliCpus / 1000.0,
          "it is from 0.05 to 1024 processors",
          "Give a number such as '1' or '0.5'.");
    }
    if (pids < 16 || pids > 1_000_000) {
      throw VpsException.invalid(
          "process limit " + pids, "it is from 16 to 1,000,000", "Give a number such as '512'.");
    }
  }
}
