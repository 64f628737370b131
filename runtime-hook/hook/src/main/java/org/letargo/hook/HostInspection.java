package org.letargo.hook;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.letargo.hook.change.Host;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.CpuFeatures;
import org.letargo.hook.engine.Uname;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.HostReport;
import org.letargo.hook.rootfs.VpsDisk;
import org.letargo.hook.runtime.Conmon;
import org.letargo.hook.runtime.Runc;
import org.letargo.hook.store.HostMemory;

/** Finds out what this host is and offers; what does not change is asked once, at start. */
final class HostInspection {
  private static final List<String> FEATURES =
      List.of("mem_dirty_track", "uffd-noncoop", "timens", "nftables", "pidfd_store");

  private final Host host;
  private final List<String> features;
  private final List<String> problems;
  private final String runtimeVersion;

  HostInspection(Host host) {
    this.host = host;
    this.features = features();
    this.runtimeVersion = Runc.version().orElse("");
    this.problems = problems();
  }

  private List<String> features() {
    List<String> found = new ArrayList<>(FEATURES.stream().filter(host.engine()::has).toList());
    if (VpsDisk.canKeep(host.configuration().stateDir())) {
      found.add("reflink");
    }
    return found;
  }

  private List<String> problems() {
    List<String> found = new ArrayList<>();
    host.engine().missing().forEach(line -> found.add("The engine lacks: " + line));
    if (runtimeVersion.isEmpty()) {
      found.add("runc is not installed. Install it.");
    }
    if (Conmon.version().isEmpty()) {
      found.add("conmon is not installed. Install it.");
    }
    if (!Files.isExecutable(host.configuration().relayProgram())) {
      found.add(host.configuration().relayProgram() + " is not there. Run make install again.");
    }
    return found;
  }

  List<String> foundProblems() {
    return problems;
  }

  HostReport report() {
    try {
      FileStore disk = Files.getFileStore(host.configuration().stateDir());
      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      return new HostReport(
          Uname.hostName(),
          version(),
          Uname.release(),
          System.getProperty("os.arch"),
          host.cgroups().kind(),
          Controllers.read(),
          host.engine().version(),
          runtimeVersion,
          host.configuration().subnet().toString(),
          Runtime.getRuntime().availableProcessors(),
          CpuFeatures.read(),
          DataSize.ofBytes(system.getTotalMemorySize()),
          DataSize.ofBytes(HostMemory.availableBytes()),
          DataSize.ofBytes(disk.getTotalSpace()),
          DataSize.ofBytes(disk.getUsableSpace()),
          features,
          problems);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot describe the host", e);
    }
  }

  private static String version() {
    String version = HostInspection.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
