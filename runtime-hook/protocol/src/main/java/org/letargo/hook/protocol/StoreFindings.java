package org.letargo.hook.protocol;

import java.util.List;

/**
 * How work on the store ended.
 *
 * @param read bytes that were read and compared
 * @param freed bytes that the disk got back
 * @param damagedChunks pieces that are not what they were, or missing
 * @param damaged the checkpoints that they hit
 */
public record StoreFindings(
    DataSize read, DataSize freed, long damagedChunks, List<DamagedCheckpoint> damaged) {
  public StoreFindings {
    damaged = List.copyOf(damaged);
  }

  /**
   * A checkpoint that cannot be resumed.
   *
   * @param files which of its files are hit, for people
   */
  public record DamagedCheckpoint(VpsName vps, CheckpointId checkpoint, List<String> files) {
    public DamagedCheckpoint {
      files = List.copyOf(files);
    }
  }
}
