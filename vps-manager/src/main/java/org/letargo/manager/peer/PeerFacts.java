package org.letargo.manager.peer;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import org.letargo.hook.protocol.HostReport;
import org.letargo.hook.protocol.VpsException;

/**
 * What a host says of itself; answer of {@code GET /peer/v1/facts}, and schema PeerFacts. Another
 * Letargo may say more: that is left out.
 *
 * @param version of the manager
 * @param cpuFeatures words of the processor's flags, sorted
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record PeerFacts(
    String version,
    String hostName,
    String kernel,
    String architecture,
    String cgroups,
    String engineVersion,
    String runtimeVersion,
    int processors,
    List<String> cpuFeatures,
    long memoryTotalBytes,
    long memoryAvailableBytes,
    long diskTotalBytes,
    long diskAvailableBytes) {
  private static final int MAX_TEXT = 256;
  private static final int MAX_FEATURES = 1024;
  private static final int MAX_FEATURE = 40;

  /**
   * @throws VpsException INVALID_REQUEST if a text is longer than any true one
   */
  public PeerFacts {
    for (String text :
        List.of(version, hostName, kernel, architecture, cgroups, engineVersion, runtimeVersion)) {
      require(text.length() <= MAX_TEXT);
    }
    require(cpuFeatures.size() <= MAX_FEATURES);
    require(cpuFeatures.stream().allMatch(feature -> feature.length() <= MAX_FEATURE));
    cpuFeatures = List.copyOf(cpuFeatures);
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw VpsException.invalid(
          "what the peer says of itself", "a part of it is too long", "Look at that host.");
    }
  }

  /** What the hook says of this host, with what the manager knows. */
  public static PeerFacts of(HostReport report, String managerVersion) {
    return new PeerFacts(
        managerVersion,
        report.hostName(),
        report.kernel(),
        report.architecture(),
        report.cgroups(),
        report.engineVersion(),
        report.runtimeVersion(),
        report.processors(),
        report.cpuFeatures(),
        report.memoryTotal().bytes(),
        report.memoryAvailable().bytes(),
        report.diskTotal().bytes(),
        report.diskAvailable().bytes());
  }
}
