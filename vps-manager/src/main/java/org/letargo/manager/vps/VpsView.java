package org.letargo.manager.vps;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.manager.json.FailureView;
import org.letargo.manager.vps.VpsState.Changing;
import org.letargo.manager.vps.VpsState.Settled;

/** A VPS as the API shows it; schema Vps. */
public record VpsView(
    VpsName name,
    String state,
    Optional<OperationId> operation,
    Optional<TemplateName> template,
    Optional<Ipv4Address> address,
    Optional<String> mac,
    Optional<Long> memoryBytes,
    Optional<Long> memoryUsedBytes,
    Optional<Double> cpus,
    Optional<Integer> pids,
    Optional<List<PublishedPort>> publish,
    Optional<Long> initPid,
    Optional<Instant> since,
    Optional<CheckpointView> checkpoint,
    Optional<LoadingView> loading,
    Optional<FailureView> resumeFailure,
    Optional<MigrationView> migration) {
  private static final double MILLI = 1000.0;

  public static VpsView of(Vps vps) {
    Optional<OperationId> claim =
        switch (vps.state()) {
          case Changing changing -> Optional.of(changing.operation());
          case Settled _ -> Optional.empty();
        };
    return switch (vps.known()) {
      case Vps.Known.Nothing _ -> unreported(vps, claim);
      case Vps.Known.Reported(VpsReport report) ->
          of(vps, claim.isPresent() ? claim : report.change(), report);
    };
  }

  private static VpsView of(Vps vps, Optional<OperationId> operation, VpsReport report) {
    VpsSpec spec = report.spec();
    Optional<Alive> alive =
        switch (report.status()) {
          case VpsStatus.Running(long pid, Instant since) -> Optional.of(new Alive(pid, since));
          case VpsStatus.Paused(long pid, Instant since) -> Optional.of(new Alive(pid, since));
          case VpsStatus.Stopped _, VpsStatus.Suspended _ -> Optional.empty();
        };
    Optional<CheckpointReport> checkpoint =
        switch (report.status()) {
          case VpsStatus.Suspended(CheckpointReport saved) -> Optional.of(saved);
          case VpsStatus.Stopped _, VpsStatus.Running _, VpsStatus.Paused _ -> Optional.empty();
        };
    return new VpsView(
        vps.name(),
        vps.state().word(),
        operation,
        Optional.of(spec.template()),
        Optional.of(spec.address()),
        Optional.of(spec.mac()),
        Optional.of(spec.limits().memory().bytes()),
        Optional.of(report.memoryUsed().bytes()),
        Optional.of(spec.limits().milliCpus() / MILLI),
        Optional.of(spec.limits().pids()),
        Optional.of(spec.published()),
        alive.map(Alive::initPid),
        alive.map(Alive::since),
        checkpoint.map(CheckpointView::of),
        report.resumed().flatMap(LoadingView::of),
        report.resumed().flatMap(VpsView::failure),
        report.migration().map(MigrationView::of));
  }

  private static Optional<FailureView> failure(Resumed resumed) {
    return switch (resumed) {
      case Resumed.Broken(OperationId _, Failure failure) -> Optional.of(FailureView.of(failure));
      case Resumed.Eagerly _, Resumed.Lazily _ -> Optional.empty();
    };
  }

  private record Alive(long initPid, Instant since) {}

  private static VpsView unreported(Vps vps, Optional<OperationId> operation) {
    return new VpsView(
        vps.name(),
        vps.state().word(),
        operation,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
