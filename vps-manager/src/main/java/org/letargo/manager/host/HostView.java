package org.letargo.manager.host;

import java.util.List;
import java.util.Map;
import org.letargo.hook.protocol.HostReport;

/** The host as the API shows it; schema Host. */
public record HostView(
    String hostName,
    String version,
    String managerVersion,
    String kernel,
    String architecture,
    String cgroups,
    String engineVersion,
    String runtimeVersion,
    String subnet,
    int processors,
    long memoryTotalBytes,
    long memoryAvailableBytes,
    long diskTotalBytes,
    long diskAvailableBytes,
    List<String> features,
    List<String> problems,
    Map<String, Integer> vpsCounts) {

  static HostView of(HostReport report, String managerVersion, Map<String, Integer> vpsCounts) {
    return new HostView(
        report.hostName(),
        report.version(),
        managerVersion,
        report.kernel(),
        report.architecture(),
        report.cgroups(),
        report.engineVersion(),
        report.runtimeVersion(),
        report.subnet(),
        report.processors(),
        report.memoryTotal().bytes(),
        report.memoryAvailable().bytes(),
        report.diskTotal().bytes(),
        report.diskAvailable().bytes(),
        report.features(),
        report.problems(),
        Map.copyOf(vpsCounts));
  }
}
