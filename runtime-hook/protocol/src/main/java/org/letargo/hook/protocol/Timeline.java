package org.letargo.hook.protocol;

import java.util.List;
import java.util.Optional;

/**
 * The checkpoints of a VPS.
 *
 * @param here the one that the present follows on, "you are here"; empty before the first
 * @param checkpoints oldest first
 */
public record Timeline(VpsName vps, Optional<CheckpointId> here, List<TimelineEntry> checkpoints) {
  public Timeline {
    checkpoints = List.copyOf(checkpoints);
  }
}
