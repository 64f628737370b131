package org.letargo.manager.preflight;

import java.time.Instant;
import java.util.List;
import org.letargo.hook.protocol.PreflightReport;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.json.ObstacleView;

/** A preflight as the API shows it; schema Preflight. */
public record PreflightView(
    VpsName vps,
    boolean canSuspend,
    Instant takenAt,
    long tookMillis,
    int processes,
    long predictedBytes,
    long availableBytes,
    String engineVersion,
    String runtimeVersion,
    String kernel,
    List<ObstacleView> obstacles,
    int omitted) {

  static PreflightView of(PreflightReport report) {
    return new PreflightView(
        report.name(),
        report.blocking().isEmpty(),
        report.takenAt(),
        report.took().toMillis(),
        report.processes(),
        report.predictedSize().bytes(),
        report.availableSpace().bytes(),
        report.engineVersion(),
        report.runtimeVersion(),
        report.kernel(),
        report.obstacles().stream().map(ObstacleView::of).toList(),
        report.omitted());
  }
}
