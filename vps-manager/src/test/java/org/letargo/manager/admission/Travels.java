package org.letargo.manager.admission;

import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.ArrivalReport;
import org.letargo.hook.protocol.ArrivalReport.PortInUse;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.DepartureReport;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.manager.peer.HostFacts;
import org.letargo.manager.peer.PeerFacts;

/** Facts of two hosts that are the same, and of a VPS that fits, until a test says otherwise. */
final class Travels {
  // of the VPS
  boolean hasMemory = true;
  long memoryMebibytes = 100;
  long limitMebibytes = 512;
  long diskMebibytes = 10;
  List<String> wantedFeatures = words("arat avx avx2 fpu sse4_2");
  List<Obstacle> obstacles = List.of();
  List<PublishedPort> published = List.of();

  // of this host
  String sourceArchitecture = "amd64";
  String sourceKernel = "6.18.0";
  String sourceEngine = "4.2.1";
  String sourceRuntime = "1.1.5";
  String sourceCgroups = "v2";

  // of the other host
  int protocol = HostFacts.PROTOCOL;
  String subnet = "10.77.0.0/16";
  String architecture = "amd64";
  String kernel = "6.18.0";
  String engine = "4.2.1";
  String runtime = "1.1.5";
  String cgroups = "v2";
  List<String> controllers = words("cpu memory pids");
  List<String> features = words("timens uffd-noncoop");
  List<String> cpuFeatures = wantedFeatures;
  int processors = 2;
  long memoryTotal = 4L << 30;
  long memoryAvailable = 2L << 30;
  long diskAvailable = 20L << 30;

  // what it has for the VPS
  boolean nameFree = true;
  boolean addressInSubnet = true;
  Optional<VpsName> addressHolder = Optional.empty();
  List<PortInUse> portsInUse = List.of();
  Optional<TemplateName> template = Optional.of(new TemplateName("tiny"));
  long storeRoomMebibytes = 10_000;

  static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" "));
  }

  Travel make() {
    return new Travel(
        new HostFacts(
            HostFacts.PROTOCOL,
            facts(
                sourceArchitecture,
                sourceKernel,
                sourceEngine,
                sourceRuntime,
                sourceCgroups,
                wantedFeatures),
            "10.77.0.0/16",
            words("cpu memory pids"),
            words("timens uffd-noncoop")),
        new DepartureReport(
            new VpsSpec(
                new VpsName("web1"),
                new TemplateName("tiny"),
                new VpsLimits(DataSize.ofMebibytes(limitMebibytes), 1000, 512),
                new Ipv4Address("10.77.0.5"),
                "02:4c:00:00:00:05",
                published),
            hasMemory,
            "sha256:0123456789abcdef0123456789abcdef",
            DataSize.ofMebibytes(2),
            DataSize.ofMebibytes(memoryMebibytes),
            DataSize.ofBytes(0),
            DataSize.ofMebibytes(diskMebibytes),
            wantedFeatures,
            obstacles),
        new HostFacts(
            protocol,
            facts(architecture, kernel, engine, runtime, cgroups, cpuFeatures),
            subnet,
            controllers,
            features),
        new ArrivalReport(
            nameFree,
            addressInSubnet,
            addressHolder,
            portsInUse,
            template,
            DataSize.ofMebibytes(storeRoomMebibytes),
            false));
  }

  private PeerFacts facts(
      String itsArchitecture,
      String itsKernel,
      String itsEngine,
      String itsRuntime,
      String itsCgroups,
      List<String> itsFeatures) {
    return new PeerFacts(
        "0.1.0",
        "host",
        itsKernel,
        itsArchitecture,
        itsCgroups,
        itsEngine,
        itsRuntime,
        processors,
        itsFeatures,
        memoryTotal,
        memoryAvailable,
        diskAvailable,
        diskAvailable);
  }
}
