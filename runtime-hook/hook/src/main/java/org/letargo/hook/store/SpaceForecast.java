package org.letargo.hook.store;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.letargo.hook.protocol.DataSize;

/**
 * Whether the memory of a VPS will fit into the store, told before it is frozen. Where there is
 * room for all of it as it is, nothing more is asked. Else some of it is looked at: what of that
 * the store has already, and how well the rest compresses, is taken for the whole. What only may
 * not fit passes: who is wrong with a yes has frozen a VPS that then runs on, who is wrong with a
 * no has refused what would have worked.
 *
 * @param most what the memory takes if all of it is new and nothing can be compressed
 * @param likely what it takes if it is as what was looked at
 * @param room what the store may still take
 * @param fits whether it is worth trying
 */
public record SpaceForecast(DataSize most, DataSize likely, DataSize room, boolean fits) {
  /** For small images, recipes and the disk. */
  static final long SPARE_BYTES = 64L << 20;

  /** By how much the share in 128 windows is from the true one once in fifty times, at most. */
  private static final double DOUBT = 0.1;

  /**
   * Makes one.
   *
   * @param pids the processes of the VPS
   * @param memory what they have in memory
   */
  public static SpaceForecast of(HostStore store, List<Long> pids, DataSize memory) {
    DataSize room = store.room();
    if (memory.bytes() + SPARE_BYTES <= room.bytes()) {
      return new SpaceForecast(memory, memory, room, true);
    }
    List<ByteBuffer> sample = new MemorySample(RandomGenerator.getDefault()).of(pids);
    long sampledBytes = sample.stream().mapToLong(ByteBuffer::remaining).sum();
    double share = sampledBytes == 0 ? 0 : (double) store.packs().costBytes(sample) / sampledBytes;
    long likely = (long) (memory.bytes() * share);
    long least = (long) (memory.bytes() * Math.max(0, share - DOUBT));
    return new SpaceForecast(memory, DataSize.ofBytes(likely), room, least <= room.bytes());
  }
}
