package org.letargo.hook.protocol.testing;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.letargo.hook.protocol.ArrivalReport;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.DepartureReport;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HostReport;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TemplateReport;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsStatus;

/** What VPSes that are not there need, and whether hosts that are none have it. */
final class FakeAdmission {
  private static final String NETWORK = "10.77.0.";
  private static final String DIGEST = "sha256:";

  private FakeAdmission() {}

  static DepartureReport departure(VpsReport vps, FakePreflight preflight, HostReport host) {
    VpsName name = vps.spec().name();
    DataSize memory =
        switch (vps.status()) {
          case VpsStatus.Stopped _ -> DataSize.ofBytes(0);
          case VpsStatus.Running _, VpsStatus.Paused _ -> preflight.report(name).predictedSize();
          case VpsStatus.Suspended(var checkpoint) -> checkpoint.memory();
        };
    List<Obstacle> obstacles =
        switch (vps.status()) {
          case VpsStatus.Stopped _, VpsStatus.Suspended _ -> List.of();
          case VpsStatus.Running _, VpsStatus.Paused _ -> preflight.report(name).blocking();
        };
    return new DepartureReport(
        vps.spec(),
        !(vps.status() instanceof VpsStatus.Stopped),
        DIGEST + vps.spec().template(),
        DataSize.ofMebibytes(2),
        memory,
        DataSize.ofBytes(0),
        DataSize.ofMebibytes(1),
        host.cpuFeatures(),
        obstacles);
  }

  /** The digest of a template that is built is its name. */
  static ArrivalReport arrival(HookRequest.DescribeArrival wanted, FakeHost host) {
    List<VpsReport> vpses = host.list();
    Set<PublishedPort> taken =
        vpses.stream()
            .flatMap(vps -> vps.spec().published().stream())
            .collect(Collectors.toUnmodifiableSet());
    return new ArrivalReport(
        vpses.stream().noneMatch(vps -> vps.spec().name().equals(wanted.name())),
        wanted.address().value().startsWith(NETWORK),
        holder(wanted, vpses),
        wanted.published().stream()
            .filter(taken::contains)
            .map(port -> new ArrivalReport.PortInUse(port, "another VPS has it"))
            .toList(),
        host.templates().stream()
            .filter(TemplateReport::built)
            .map(TemplateReport::name)
            .filter(name -> wanted.templateDigest().equals(DIGEST + name))
            .findFirst(),
        DataSize.ofMebibytes(20480),
        false);
  }

  private static Optional<VpsName> holder(
      HookRequest.DescribeArrival wanted, List<VpsReport> vpses) {
    return vpses.stream()
        .map(VpsReport::spec)
        .filter(spec -> spec.address().equals(wanted.address()))
        .map(spec -> spec.name())
        .findFirst();
  }
}
