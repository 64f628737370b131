package org.letargo.hook.change;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.CheckpointDescription;
import org.letargo.archive.HostDescription;
import org.letargo.archive.VpsDescription;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.checkpoint.StoredImages;
import org.letargo.archive.criu.ImageCheck;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.CpuFeatures;
import org.letargo.hook.engine.Uname;
import org.letargo.hook.engine.WrittenFiles;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.rootfs.HeldDisk;
import org.letargo.hook.rootfs.VpsDisk;
import org.letargo.hook.runtime.Runc;
import org.letargo.hook.template.TemplateInfo;
import org.letargo.hook.timeline.AutomaticCheckpoints;
import org.letargo.hook.vps.Vps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes a checkpoint: beside the engine's image files it holds the disk changes, two small
 * files for checkpointctl, and the manifest, with which it begins to exist.
 */
final class CheckpointFiles {
  static final String IMAGES = "checkpoint";

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFiles.class);

  private final Host host;
  private final boolean keepsDisks;

  CheckpointFiles(Host host) {
    this.host = host;
    this.keepsDisks = VpsDisk.canKeep(host.configuration().stateDir());
  }

  /**
   * What was seen when it was taken.
   *
   * @param at when everything stood still
   * @param taker from {@link #describeHost}
   * @param frozen how long the VPS stood still; zero if it did not go on
   */
  record Taken(
      Instant at, HostDescription taker, long memoryBytes, long diskBytes, Duration frozen) {}

  /** Puts most of the disk changes into the store, while the VPS runs. */
  void scanDisk(Vps vps, CheckpointWriter checkpoint) throws IOException {
    VpsDisk.scan(
        vps.folder(),
        vps.stored(),
        checkpoint,
        () -> WrittenFiles.busy(host.cgroups().processes(vps.spec().name())));
  }

  /** Makes that the disk is held quickly when the VPS stands still; while it runs. */
  void settleDisk(Vps vps) throws IOException {
    if (keepsDisks) {
      VpsDisk.settle(vps.folder());
    }
  }

  /**
   * Takes the disk changes of a VPS that is frozen or stopped into a checkpoint.
   *
   * @param goesOn whether the VPS goes on when this returns: then it returns soon, if it can
   * @return to be finished, and closed
   */
  HeldDisk holdDisk(Vps vps, CheckpointWriter checkpoint, boolean goesOn) throws IOException {
    return VpsDisk.hold(
        vps.folder(),
        vps.stored(),
        checkpoint,
        WrittenFiles.mapped(host.cgroups().processes(vps.spec().name())),
        goesOn && keepsDisks);
  }

  /** Makes a checkpoint durable whose other files are all there; it exists when this returns. */
  TimelineEntry commit(Vps vps, CheckpointWish wish, Taken taken, CheckpointWriter checkpoint)
      throws IOException {
    Optional<CheckpointId> parent = vps.timeline().here();
    writeForCheckpointctl(vps, taken.at, checkpoint);
    long storedBytes = checkpoint.written().storedBytes();
    CheckpointManifest manifest =
        checkpoint.commit(
            new CheckpointDescription(
                wish.id().value(),
                parent.map(CheckpointId::value).orElse(""),
                taken.at,
                describe(vps.spec(), vps.stored().templateDigest()),
                taken.taker,
                taken.memoryBytes,
                taken.diskBytes));
    return new TimelineEntry(
        report(manifest),
        parent,
        wish.kind(),
        manifest.hasMemory(),
        wish.label(),
        wish.note(),
        false,
        DataSize.ofBytes(storedBytes),
        taken.frozen);
  }

  /**
   * A checkpoint whose images do not fit together is none.
   *
   * @param images the folder that the engine has written them to
   * @throws org.letargo.hook.protocol.VpsException NOT_CHECKPOINTABLE
   */
  void requireImagesFit(CheckpointId id, Path images) throws IOException {
    try (StoredCheckpoint stored = host.store().checkpoints().read(id.value())) {
      ImageCheck.check(StoredImages.in(images, stored));
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileTaking(e);
    }
  }

  /** Takes a checkpoint out of the timeline, if it is in it, and of the store. */
  void drop(Vps vps, CheckpointId id) {
    if (vps.timeline().find(id).isPresent()) {
      vps.timeline().remove(id);
    }
    forget(id);
  }

  /** Forgets checkpoints that nobody asked for, beyond the newest. */
  void prune(Vps vps) {
    AutomaticCheckpoints.surplus(vps.timeline().now()).forEach(id -> drop(vps, id));
  }

  /** Removes from the store what stands in no timeline. If it cannot now, the next start does. */
  void forget(CheckpointId id) {
    try {
      host.store().checkpoints().forget(id.value());
      host.store().collectSoon(); // also what was stored for one that came to nothing
    } catch (IOException e) {
      LOG.warn("checkpoint={} cannot be removed: {}, continuing with it", id, e.toString());
    }
  }

  /** What to say of a checkpoint that is complete. */
  static CheckpointReport report(CheckpointManifest manifest) {
    return new CheckpointReport(
        new CheckpointId(manifest.checkpoint().id()),
        manifest.checkpoint().takenAt(),
        DataSize.ofBytes(manifest.checkpoint().memoryBytes()),
        DataSize.ofBytes(manifest.totalBytes()));
  }

  /** The VPS as a checkpoint names it. */
  static VpsDescription describe(VpsSpec spec, String templateDigest) {
    return new VpsDescription(
        spec.name().value(),
        spec.template().value(),
        templateDigest,
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
   * This host as a checkpoint names it. It starts a program, which may take its time: not while a
   * VPS is frozen.
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
        Uname.hostName(),
        Uname.release(),
        System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch"),
        CpuFeatures.read(),
        hasMemory ? "criu" : "",
        hasMemory ? host.engine().version() : "",
        "runc " + Runc.version().orElse("unknown"));
  }

  /** {@code config.dump} and {@code spec.dump}, as CRI-O writes them. */
  private void writeForCheckpointctl(Vps vps, Instant takenAt, CheckpointWriter checkpoint)
      throws IOException {
    VpsSpec spec = vps.spec();
    ObjectNode config = Json.MAPPER.createObjectNode();
    config.put("id", spec.name().value());
    config.put("name", spec.name().value());
    config.put("rootfsImage", spec.template().value());
    config.put("rootfsImageName", spec.template().value());
    config.put("runtime", "runc");
    config.put("checkpointedTime", takenAt.toString());
    checkpoint.file("config.dump", Json.MAPPER.writeValueAsBytes(config));
    TemplateInfo template = host.templates().get(spec.template());
    checkpoint.file(
        "spec.dump",
        Json.MAPPER.writeValueAsBytes(host.oci().of(vps.folder(), vps.stored(), template)));
  }
}
