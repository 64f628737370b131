package org.letargo.hook.change;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.ArchiveLimits;
import org.letargo.archive.ArchiveReader;
import org.letargo.archive.Manifest;
import org.letargo.archive.VpsDescription;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.rootfs.VpsDisk;
import org.letargo.hook.template.TemplateUse;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;

/**
 * Makes a VPS from somebody's archive. The archive decides what is in memory and on the disk of the
 * VPS and nothing else: its mounts, capabilities, hooks and devices are made anew here, its values
 * are checked, and until all of it is read and right it lies in a folder that a failure removes.
 */
final class ImportVps {
  static final String PREFIX = ".importing-";
  private static final long SPARE_BYTES = 64L << 20;

  private final Host host;
  private final Stand stand;
  private final Admission admission;

  ImportVps(Host host, Stand stand, Admission admission) {
    this.host = host;
    this.stand = stand;
    this.admission = admission;
  }

  Vps importFrom(InputStream archive, Optional<VpsName> wantedName, Operation operation) {
    Path making = host.configuration().stateDir().resolve("vps").resolve(PREFIX + operation.id());
    try {
      Path received = making.resolve("checkpoints").resolve("received");
      DurableFiles.folder(making, "rwx------");
      DurableFiles.folder(received.getParent(), "rwx------");
      DurableFiles.folder(received, "rwx------");
      return receiveAndAdmit(archive, wantedName, making, received, operation);
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileImporting(e);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot import the archive", e);
    } finally {
      DurableFiles.deleteTree(making);
    }
  }

  private Vps receiveAndAdmit(
      InputStream archive,
      Optional<VpsName> wantedName,
      Path making,
      Path received,
      Operation operation)
      throws IOException {
    try (Place place = new Place(wantedName)) {
      Manifest manifest = receive(archive, received, place, operation);
      Faults.at("import.received");
      return admit(manifest, place, making, received, operation);
    }
  }

  /**
   * What the VPS will have of this host; found and held as soon as the manifest is there, so that
   * nobody sends an archive in vain.
   */
  private final class Place implements AutoCloseable {
    private final Optional<VpsName> wantedName;
    private TemplateUse use;
    private TemplateName template;
    private Admission.Seat seat;

    Place(Optional<VpsName> wantedName) {
      this.wantedName = wantedName;
    }

    void take(Manifest manifest) {
      VpsDescription described = manifest.checkpoint().vps();
      template = template(described);
      use = host.templates().use(template);
      seat =
          admission.reserve(
              wantedName.orElseGet(() -> new VpsName(described.name())),
              address(manifest),
              described.publishedPorts().stream().map(ImportVps::port).toList());
    }

    @Override
    public void close() {
      if (seat != null) {
        admission.release(seat);
      }
      if (use != null) {
        use.close();
      }
    }
  }

  private Manifest receive(InputStream archive, Path received, Place place, Operation operation)
      throws IOException {
    long freeBytes = Files.getFileStore(received).getUsableSpace() - SPARE_BYTES;
    ArchiveLimits limits = new ArchiveLimits(Long.MAX_VALUE, Math.max(0, freeBytes));
    return ArchiveReader.extract(
        archive,
        received,
        limits,
        place::take,
        (doneBytes, totalBytes) -> {
          operation.checkCancelled();
          int percent = (int) (5 + 75 * doneBytes / Math.max(1, totalBytes));
          operation.report(new Progress("read", doneBytes, totalBytes, percent));
          Faults.at("import.midway");
        });
  }

  private Vps admit(Manifest manifest, Place place, Path making, Path received, Operation operation)
      throws IOException {
    VpsDescription described = manifest.checkpoint().vps();
    Admission.Seat seat = place.seat;
    TemplateName template = place.template;
    operation.phase("disk", 85);
    VpsLimits limits =
        new VpsLimits(
            DataSize.ofBytes(described.memoryBytes()), described.milliCpus(), described.pids());
    VpsSpec spec =
        new VpsSpec(
            seat.name(),
            template,
            limits,
            seat.address(),
            CreateVps.mac(seat.address()),
            seat.published());
    StoredVps stored =
        new StoredVps(spec, seat.hostIdBase(), host.templates().get(template).digest());
    VpsFolder folder = VpsFolder.of(host.configuration(), seat.name());
    VpsFolder unfinished = folder.at(making);
    VpsDisk.restore(unfinished, stored, received);
    VpsStatus status = keepMemory(manifest, unfinished, seat.hostIdBase(), received);
    unfinished.writeStatus(status);
    unfinished.writeSpec(stored);
    unfinished.writeJournal(
        new JournalEntry(operation.id(), JournalEntry.Kind.IMPORT, Optional.empty()));
    Faults.at("import.before-rename");
    operation.commit();
    DurableFiles.rename(making, folder.state());
    Faults.at("import.after-rename");
    operation.succeeded();
    folder.clearJournal(); // before anybody can see the VPS and begin a change of it
    Vps vps = host.vpses().add(folder, stored, status);
    stand.publishPorts();
    return vps;
  }

  /** A VPS with memory must come back at its address; one without takes any. */
  private Optional<Ipv4Address> address(Manifest manifest) {
    Ipv4Address described = new Ipv4Address(manifest.checkpoint().vps().address());
    boolean isFree =
        host.configuration().subnet().offers(described)
            && host.vpses().all().stream().noneMatch(vps -> vps.spec().address().equals(described));
    return manifest.hasMemory() || isFree ? Optional.of(described) : Optional.empty();
  }

  /** The template that the disk builds on: the same contents, under whatever name. */
  private TemplateName template(VpsDescription described) {
    TemplateName name = new TemplateName(described.template());
    return host.templates()
        .withContents(described.templateDigest(), name)
        .orElseThrow(() ->
            new VpsException(
                Code.ARCHIVE_REFUSED,
                "cannot import the archive",
                "its disk builds on a template '"
                    + name
                    + "' whose contents ("
                    + described.templateDigest()
                    + ") no template of this host has",
                "On the host that it comes from run 'letargo template export "
                    + name
                    + " FILE', and here 'letargo template add NAME FILE'; then import again."));
  }

  private static VpsStatus keepMemory(
      Manifest manifest, VpsFolder folder, int hostIdBase, Path received) throws IOException {
    if (!manifest.hasMemory()) {
      DurableFiles.deleteTree(received);
      return new VpsStatus.Stopped();
    }
    CheckpointId id = new CheckpointId(manifest.checkpoint().id());
    ImageFolder.handTo(hostIdBase, received.resolve(CheckpointFiles.IMAGES));
    DurableFiles.rename(received, folder.checkpoint(id));
    DiskState.nowAt(folder, id);
    return new VpsStatus.Suspended(CheckpointFiles.report(manifest));
  }

  private static PublishedPort port(VpsDescription.PortMapping mapping) {
    return new PublishedPort(
        mapping.hostPort(),
        mapping.vpsPort(),
        switch (mapping.transport()) {
          case TCP -> PublishedPort.Protocol.TCP;
          case UDP -> PublishedPort.Protocol.UDP;
        });
  }
}
