package org.letargo.hook.protocol;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a look at a running VPS found: whether it can be suspended.
 *
 * @param took how long the look took
 * @param processes how many processes would be saved
 * @param predictedSize what a checkpoint's memory may need at most
 * @param availableSpace what the store has room for
 * @param engineVersion of CRIU
 * @param runtimeVersion of runc
 * @param obstacles those that block first, then by kind and process
 * @param omitted how many more there are; of each kind the first are listed
 */
public record PreflightReport(
    VpsName name,
    Instant takenAt,
    Duration took,
    int processes,
    DataSize predictedSize,
    DataSize availableSpace,
    String engineVersion,
    String runtimeVersion,
    String kernel,
    List<Obstacle> obstacles,
    int omitted) {
  public PreflightReport {
    obstacles = List.copyOf(obstacles);
  }

  /** Those for which a suspension is refused. */
  public List<Obstacle> blocking() {
    return obstacles.stream().filter(Obstacle::blocks).toList();
  }
}
