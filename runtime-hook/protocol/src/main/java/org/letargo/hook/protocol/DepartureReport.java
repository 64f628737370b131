package org.letargo.hook.protocol;

import java.util.List;

/**
 * What a VPS needs of a host that it moves to.
 *
 * @param hasMemory whether it has processes, frozen or saved ones too
 * @param templateDigest of the template that its disk builds on
 * @param templateSize what that template takes on a disk
 * @param memory what a checkpoint of it would hold, or the one that it is suspended in does
 * @param changedPerSecond how much of its memory changes each second, in windows of 64 KiB, about
 * @param disk the files that differ from the template
 * @param cpuFeatures the processor's flags that its processes have seen, sorted
 * @param obstacles those for which it cannot be suspended at this moment, at most {@value
 *     #MAX_OBSTACLES}
 */
public record DepartureReport(
    VpsSpec spec,
    boolean hasMemory,
    String templateDigest,
    DataSize templateSize,
    DataSize memory,
    DataSize changedPerSecond,
    DataSize disk,
    List<String> cpuFeatures,
    List<Obstacle> obstacles) {
  /** More would tell nobody more. */
  public static final int MAX_OBSTACLES = 20;

  public DepartureReport {
    cpuFeatures = List.copyOf(cpuFeatures);
    obstacles = List.copyOf(obstacles);
  }
}
