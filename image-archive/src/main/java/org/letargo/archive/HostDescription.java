package org.letargo.archive;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Where a checkpoint was taken, and with what. Another host compares it with itself before it
 * resumes.
 *
 * @param hostName as the host calls itself
 * @param kernel release, as {@code uname -r}
 * @param architecture as {@code uname -m}
 * @param cpuFeatures words of the processor's flags, in the caller's order
 * @param engineName {@code criu}; empty if no memory was saved
 * @param engineVersion empty if no memory was saved
 * @param runtimeVersion the OCI runtime's name and version
 */
public record HostDescription(
    String hostName,
    String kernel,
    String architecture,
    List<String> cpuFeatures,
    String engineName,
    String engineVersion,
    String runtimeVersion) {
  private static final Pattern ARCHITECTURE = Pattern.compile("[a-z0-9_]{1,32}");
  private static final Pattern FEATURE = Pattern.compile("[a-z0-9_.:-]{1,40}");
  private static final int MAX_FEATURES = 1024;

  /**
   * @throws ArchiveException REFUSED if a value has the wrong form
   */
  public HostDescription {
    Checks.printable(hostName, 255, "host.hostName");
    Checks.printable(kernel, 128, "host.kernel");
    Checks.matches(ARCHITECTURE, architecture, "host.architecture");
    Checks.inRange(cpuFeatures.size(), 0, MAX_FEATURES, "host.cpuFeatures (count)");
    cpuFeatures.forEach(feature -> Checks.matches(FEATURE, feature, "host.cpuFeatures"));
    cpuFeatures = List.copyOf(cpuFeatures);
    Checks.printable(engineName, 32, "host.engineName");
    Checks.printable(engineVersion, 64, "host.engineVersion");
    Checks.printable(runtimeVersion, 64, "host.runtimeVersion");
  }
}
