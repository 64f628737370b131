package org.letargo.hook;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.hook.change.Changes;
import org.letargo.hook.change.Host;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.CpuFeatures;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.DepartureReport;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.store.MemoryChange;
import org.letargo.hook.template.TemplateInfo;
import org.letargo.hook.vps.Vps;

/** Finds out what VPSes need of a host that they move to; nothing is stopped or changed. */
final class Departures {
  private final Host host;
  private final Changes changes;

  Departures(Host host, Changes changes) {
    this.host = host;
    this.changes = changes;
  }

  /**
   * @throws VpsException NOT_FOUND
   */
  DepartureReport of(VpsName name) {
    Vps vps = host.vpses().get(name);
    try {
      return switch (vps.status()) {
        case VpsStatus.Stopped _ -> stopped(vps);
        case VpsStatus.Running _, VpsStatus.Paused _ -> alive(vps);
        case VpsStatus.Suspended(var checkpoint) -> suspended(vps, checkpoint.id());
      };
    } catch (IOException e) {
      throw DurableFiles.failed("cannot look at VPS '" + name + "'", e);
    }
  }

  private DepartureReport stopped(Vps vps) throws IOException {
    DataSize none = DataSize.ofBytes(0);
    return report(vps, false, none, none, upper(vps), CpuFeatures.read(), List.of());
  }

  private DepartureReport alive(Vps vps) throws IOException {
    VpsName name = vps.spec().name();
    List<Obstacle> obstacles =
        changes.preflight(name).blocking().stream().limit(DepartureReport.MAX_OBSTACLES).toList();
    DataSize memory = host.cgroups().memoryToSave(name);
    DataSize changed =
        vps.status() instanceof VpsStatus.Running
            ? MemoryChange.perSecond(host.cgroups().processes(name), memory)
            : DataSize.ofBytes(0);
    return report(vps, true, memory, changed, upper(vps), CpuFeatures.read(), obstacles);
  }

  /** Its processes have not been here since: what they have seen, the checkpoint knows. */
  private DepartureReport suspended(Vps vps, CheckpointId id) throws IOException {
    try (StoredCheckpoint stored = host.store().checkpoints().read(id.value())) {
      CheckpointManifest manifest = stored.manifest();
      return report(
          vps,
          manifest.hasMemory(),
          DataSize.ofBytes(manifest.checkpoint().memoryBytes()),
          DataSize.ofBytes(0),
          DataSize.ofBytes(manifest.checkpoint().diskBytes()),
          manifest.checkpoint().host().cpuFeatures(),
          List.of());
    }
  }

  private DepartureReport report(
      Vps vps,
      boolean hasMemory,
      DataSize memory,
      DataSize changed,
      DataSize disk,
      List<String> cpuFeatures,
      List<Obstacle> obstacles) {
    return new DepartureReport(
        vps.spec(),
        hasMemory,
        vps.stored().templateDigest(),
        templateSize(vps.spec().template()),
        memory,
        changed,
        disk,
        cpuFeatures.stream().sorted().toList(),
        obstacles);
  }

  private DataSize templateSize(TemplateName name) {
    return DataSize.ofBytes(
        host.templates().get(name).contents().map(TemplateInfo.Contents::sizeBytes).orElse(0L));
  }

  /** Its programs may remove what is looked at. */
  private static DataSize upper(Vps vps) throws IOException {
    long[] bytes = {0};
    Files.walkFileTree(
        vps.folder().upper(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes[0] += attributes.isRegularFile() ? attributes.size() : 0;
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return DataSize.ofBytes(bytes[0]);
  }
}
