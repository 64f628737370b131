package org.letargo.hook.store;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.letargo.hook.protocol.DataSize;

/**
 * How fast the memory of processes changes, told from some of it that is looked at twice: an order
 * of magnitude. Nothing is stopped.
 */
public final class MemoryChange {
  /** Long enough for what a busy program does, short enough for somebody who waits. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private static final double NANOS = 1e9;

  private MemoryChange() {}

  /**
   * In bytes a second, counting in windows of 64 KiB; takes half a second.
   *
   * @param memory what the processes have in memory
   */
  public static DataSize perSecond(List<Long> pids, DataSize memory) {
    long[] nanos = {1};
    double share =
        new MemorySample(RandomGenerator.getDefault())
            .changedShare(
                pids,
                () -> {
                  long begin = System.nanoTime();
                  LockSupport.parkNanos(PAUSE.toNanos());
                  nanos[0] = Math.max(1, System.nanoTime() - begin);
                });
    return DataSize.ofBytes((long) (memory.bytes() * share / (nanos[0] / NANOS)));
  }
}
