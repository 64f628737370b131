package org.letargo.hook.protocol;

import java.util.List;

/**
 * The host and what Letargo found on it.
 *
 * @param cgroups {@code v1}, {@code hybrid} or {@code v2}
 * @param controllers the kernel's cgroup controllers, such as {@code memory}, sorted
 * @param cpuFeatures words of the processor's flags, sorted
 * @param features what the engine and the kernel offer, as short words such as {@code
 *     mem_dirty_track}
 * @param problems sentences, each with its remedy, about what will not work on this host
 */
public record HostReport(
    String hostName,
    String version,
    String kernel,
    String architecture,
    String cgroups,
    List<String> controllers,
    String engineVersion,
    String runtimeVersion,
    String subnet,
    int processors,
    List<String> cpuFeatures,
    DataSize memoryTotal,
    DataSize memoryAvailable,
    DataSize diskTotal,
    DataSize diskAvailable,
    List<String> features,
    List<String> problems) {
  public HostReport {
    controllers = List.copyOf(controllers);
    cpuFeatures = List.copyOf(cpuFeatures);
    features = List.copyOf(features);
    problems = List.copyOf(problems);
  }
}
