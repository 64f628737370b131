package org.letargo.hook.change;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.letargo.archive.CheckpointDescription;
import org.letargo.archive.HostDescription;
import org.letargo.archive.Manifest;
import org.letargo.archive.VpsDescription;
import org.letargo.archive.criu.CriuImages;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.rootfs.VpsDisk;
import org.letargo.hook.runtime.Runc;
import org.letargo.hook.template.TemplateInfo;
import org.letargo.hook.vps.Vps;

/**
 * Completes the directory of a checkpoint: beside the engine's image files it holds the disk
 * changes, two small files for checkpointctl, and the manifest, with which it begins to exist.
 */
final class CheckpointFiles {
  static final String IMAGES = "checkpoint";

  private final Host host;

  CheckpointFiles(Host host) {
    this.host = host;
  }

  /** How the directory is sealed: at once, or with what was done while images were written. */
  interface Seal {
    Manifest seal(Path directory, CheckpointDescription description) throws IOException;
  }

  /**
   * Captures the disk and seals the directory; the VPS must be frozen or stopped. When this returns
   * the checkpoint is durable.
   *
   * @param taker from {@link #describeHost}
   */
  Manifest complete(
      Vps vps, CheckpointId id, Instant takenAt, HostDescription taker, Path directory, Seal seal) {
    try {
      long diskBytes = VpsDisk.capture(vps.folder(), vps.stored(), directory);
      Path images = directory.resolve(IMAGES);
      long memoryBytes = Files.isDirectory(images) ? new CriuImages(images).memoryBytes() : 0;
      writeForCheckpointctl(vps, takenAt, directory);
      return seal.seal(
          directory,
          new CheckpointDescription(
              id.value(), "", takenAt, describe(vps), taker, memoryBytes, diskBytes));
    } catch (IOException e) {
      throw DurableFiles.failed(
          "cannot write the checkpoint of VPS '" + vps.spec().name() + "'", e);
    }
  }

  /** What to say of a checkpoint that is complete. */
  static CheckpointReport report(Manifest manifest) {
    return new CheckpointReport(
        new CheckpointId(manifest.checkpoint().id()),
        manifest.checkpoint().takenAt(),
        DataSize.ofBytes(manifest.checkpoint().memoryBytes()),
        DataSize.ofBytes(manifest.totalBytes()));
  }

  private VpsDescription describe(Vps vps) {
    VpsSpec spec = vps.spec();
    return new VpsDescription(
        spec.name().value(),
        spec.template().value(),
        host.templates().get(spec.template()).digest(),
        spec.limits().memory().bytes(),
        spec.limits().milliCpus(),
        spec.limits().pids(),
        spec.address().value(),
        spec.mac(),
        spec.name().value(),
        spec.published().stream().map(CheckpointFiles::mapping).toList());
  }

  private static VpsDescription.PortMapping mapping(PublishedPort port) {
    return new VpsDescription.PortMapping(
        port.hostPort(),
        port.vpsPort(),
        switch (port.protocol()) {
          case TCP -> VpsDescription.PortMapping.Transport.TCP;
          case UDP -> VpsDescription.PortMapping.Transport.UDP;
        });
  }

  /**
   * This host as a checkpoint names it. It starts a program and asks for the host's name, which may
   * take its time: not while a VPS is frozen.
   *
   * @param hasMemory whether the engine takes part
   */
  HostDescription describeHost(boolean hasMemory) {
    try {
      return describe(hasMemory);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot describe this host", e);
    }
  }

  private HostDescription describe(boolean hasMemory) throws IOException {
    return new HostDescription(
        InetAddress.getLocalHost().getHostName(),
        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
        System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch"),
        cpuFeatures(),
        hasMemory ? "criu" : "",
        hasMemory ? host.engine().version() : "",
        "runc " + Runc.version().orElse("unknown"));
  }

  /** The processor's flags, sorted. */
  private static List<String> cpuFeatures() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      Set<String> flags = new TreeSet<>();
      lines
          .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
          .limit(1)
          .forEach(line -> flags.addAll(List.of(line.replaceFirst("^.*:\\s*", "").split(" "))));
      return List.copyOf(flags);
    }
  }

  /** {@code config.dump} and {@code spec.dump}, as CRI-O writes them. */
  private void writeForCheckpointctl(Vps vps, Instant takenAt, Path directory) {
    VpsSpec spec = vps.spec();
    ObjectNode config = Json.MAPPER.createObjectNode();
    config.put("id", spec.name().value());
    config.put("name", spec.name().value());
    config.put("rootfsImage", spec.template().value());
    config.put("rootfsImageName", spec.template().value());
    config.put("runtime", "runc");
    config.put("checkpointedTime", takenAt.toString());
    DurableFiles.writeJson(directory.resolve("config.dump"), config);
    TemplateInfo template = host.templates().get(spec.template());
    DurableFiles.writeJson(
        directory.resolve("spec.dump"), host.oci().of(vps.folder(), vps.stored(), template));
  }
}
