package org.letargo.hook.change;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.ArchiveLimits;
import org.letargo.archive.CheckpointDescription;
import org.letargo.archive.TransferProgress;
import org.letargo.archive.VpsDescription;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.disk.DiskChanges;
import org.letargo.archive.file.ArchiveFileReader;
import org.letargo.archive.file.TransferReceiver;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.template.TemplateUse;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.Vps;

/**
 * Makes a VPS from somebody's archive. The archive decides what is in memory and on the disk of the
 * VPS and nothing else: its mounts, capabilities, hooks and devices are made anew here, its values
 * are checked, and until all of it is read and right there is no checkpoint and no VPS of it.
 */
final class ImportVps {
  static final String PREFIX = ".importing-";
  private static final long SPARE_BYTES = 64L << 20;

  /** Memory and files that zstd makes smaller than this are not met. */
  private static final int BEST_COMPRESSION = 16;

  private final Host host;
  private final NewVps newVps;
  private final Admission admission;
  private final CheckpointFiles files;

  ImportVps(Host host, NewVps newVps, Admission admission, CheckpointFiles files) {
    this.host = host;
    this.newVps = newVps;
    this.admission = admission;
    this.files = files;
  }

  /** Where a checkpoint comes from; hostile. */
  private interface Origin {
    CheckpointManifest manifest();

    void readInto(CheckpointWriter checkpoint, ArchiveLimits limits, TransferProgress progress)
        throws IOException;
  }

  private record Archive(ArchiveFileReader reader) implements Origin {
    @Override
    public CheckpointManifest manifest() {
      return reader.manifest();
    }

    @Override
    public void readInto(
        CheckpointWriter checkpoint, ArchiveLimits limits, TransferProgress progress)
        throws IOException {
      reader.readInto(checkpoint, limits, progress);
    }
  }

  private record OtherStore(TransferReceiver receiver, OutputStream wish) implements Origin {
    @Override
    public CheckpointManifest manifest() {
      return receiver.manifest();
    }

    @Override
    public void readInto(
        CheckpointWriter checkpoint, ArchiveLimits limits, TransferProgress progress)
        throws IOException {
      receiver.readInto(checkpoint, wish, limits, progress);
    }
  }

  Vps importFrom(InputStream archive, Optional<VpsName> wantedName, Operation operation) {
    try (ArchiveFileReader reader = ArchiveFileReader.open(archive)) {
      return importFrom(new Archive(reader), Wish.plain(wantedName), operation);
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileImporting(e);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot import the archive", e);
    }
  }

  /** From a hook that sends a checkpoint of its store, and hears what this one lacks. */
  Vps receive(HookExchange exchange, Optional<VpsName> wantedName, Operation operation) {
    return receive(exchange, Wish.plain(wantedName), operation);
  }

  /**
   * The same of one that moves here: it keeps name and address, or does not come.
   *
   * @param arriving where it stands when it is here; nobody else may change it then
   */
  Vps arrive(HookExchange exchange, VpsName name, Migration arriving, Operation operation) {
    return receive(exchange, new Wish(Optional.of(name), Optional.of(arriving)), operation);
  }

  private Vps receive(HookExchange exchange, Wish wish, Operation operation) {
    return receive(exchange, origin -> importFrom(origin, wish, operation));
  }

  /** What is made of a checkpoint that comes from another store. */
  private interface Making<T> {
    T of(Origin origin) throws IOException;
  }

  private static <T> T receive(HookExchange exchange, Making<T> making) {
    try {
      TransferReceiver receiver = TransferReceiver.open(exchange.input());
      OutputStream lacking = new CallerOutput(exchange);
      return making.of(new OtherStore(receiver, lacking));
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileImporting(e);
    } catch (FileSystemException e) {
      throw DurableFiles.failed("cannot receive the VPS", e);
    } catch (IOException e) {
      throw new VpsException(
          Code.CANCELLED,
          "the VPS was not received",
          "whoever sent it hung up (" + e.getMessage() + ")",
          "Nothing of it is kept; start it again.",
          e);
    }
  }

  /**
   * Receives an earlier checkpoint of a VPS that has moved here.
   *
   * @param isParent whether the state in which it came follows on it
   */
  void remember(
      HookExchange exchange, Vps vps, TimelineEntry past, boolean isParent, Operation operation) {
    receive(
        exchange,
        origin -> {
          requireSameTemplate(origin.manifest().checkpoint().vps(), vps);
          try (CheckpointWriter checkpoint = host.store().checkpoints().begin()) {
            read(origin, checkpoint, operation);
            if (vps.timeline().find(past.checkpoint().id()).isEmpty()) {
              remember(origin.manifest().checkpoint(), checkpoint, vps, past, isParent);
            }
            return vps;
          } finally {
            host.store().collectSoon(); // what has come for nothing
          }
        });
  }

  private static void requireSameTemplate(VpsDescription described, Vps vps) {
    if (!described.templateDigest().equals(vps.stored().templateDigest())) {
      throw new VpsException(
          Code.ARCHIVE_REFUSED,
          "a checkpoint of VPS '" + vps.spec().name() + "' is refused",
          "it builds on another template than the VPS",
          "Look at the host that it comes from.");
    }
  }

  private void remember(
      CheckpointDescription described,
      CheckpointWriter checkpoint,
      Vps vps,
      TimelineEntry past,
      boolean isParent)
      throws IOException {
    long storedBytes = checkpoint.written().storedBytes();
    boolean isFree = !host.store().checkpoints().list().contains(described.id());
    CheckpointManifest kept = checkpoint.commit(isFree ? described : newId(described));
    try {
      vps.timeline()
          .insert(
              past.as(
                  CheckpointFiles.report(kept), kept.hasMemory(), DataSize.ofBytes(storedBytes)),
              isParent);
    } catch (VpsException e) {
      files.forget(new CheckpointId(kept.checkpoint().id()));
      throw e;
    }
  }

  /**
   * What is to become of it.
   *
   * @param name empty: the name that it had
   * @param arriving where it stands then; empty: it is simply here
   */
  private record Wish(Optional<VpsName> name, Optional<Migration> arriving) {
    static Wish plain(Optional<VpsName> name) {
      return new Wish(name, Optional.empty());
    }
  }

  private Vps importFrom(Origin origin, Wish wish, Operation operation) throws IOException {
    CheckpointManifest manifest = origin.manifest();
    VpsDescription described = manifest.checkpoint().vps();
    VpsName name = wish.name.orElseGet(() -> new VpsName(described.name()));
    TemplateName template = template(described);
    List<PublishedPort> published =
        described.publishedPorts().stream().map(ImportVps::port).toList();
    Admission.Seat seat = admission.reserve(name, address(manifest, wish), published);
    try (TemplateUse _ = host.templates().use(template);
        CheckpointWriter checkpoint = host.store().checkpoints().begin()) {
      read(origin, checkpoint, operation);
      Faults.at("import.received");
      return admit(manifest, seat, template, checkpoint, wish.arriving, operation);
    } catch (ArchiveException | VpsException | IOException e) {
      host.store().collectSoon(); // what has come of it
      throw e;
    } finally {
      admission.release(seat);
    }
  }

  private void read(Origin origin, CheckpointWriter checkpoint, Operation operation)
      throws IOException {
    requireRoom(origin.manifest());
    origin.readInto(
        checkpoint,
        new ArchiveLimits(Long.MAX_VALUE, Long.MAX_VALUE),
        (doneBytes, totalBytes) -> {
          operation.checkCancelled();
          int percent = (int) (5 + 75 * doneBytes / Math.max(1, totalBytes));
          operation.report(new Progress("read", doneBytes, totalBytes, percent));
          Faults.at("import.midway");
        });
  }

  /**
   * Refuses what cannot fit, before anything of it is read. How much of it the store has, and how
   * well the rest compresses, only its content tells: what does not fit then ends the import, and
   * nothing of it stays.
   */
  private void requireRoom(CheckpointManifest manifest) throws IOException {
    long contentBytes = manifest.totalBytes() + manifest.recipeBytes();
    long storedBytes = contentBytes / BEST_COMPRESSION;
    long unpackedBytes =
        manifest.file(DiskChanges.TAR).map(CheckpointFile::sizeBytes).orElse(0L) + SPARE_BYTES;
    long roomBytes = host.store().room().bytes();
    long freeBytes = Files.getFileStore(host.configuration().stateDir()).getUsableSpace();
    if (storedBytes > roomBytes || storedBytes + unpackedBytes > freeBytes) {
      throw new VpsException(
          Code.NO_SPACE,
          "cannot import the archive: it does not fit",
          "of its %s the store needs %s at least and its disk %s; the store has room for %s, and %s are free"
              .formatted(
                  DataSize.ofBytes(contentBytes),
                  DataSize.ofBytes(storedBytes),
                  DataSize.ofBytes(unpackedBytes),
                  DataSize.ofBytes(roomBytes),
                  DataSize.ofBytes(freeBytes)),
          "Free space on that disk, forget checkpoints, or raise hook.store.budget; then try"
              + " again.");
    }
  }

  private Vps admit(
      CheckpointManifest manifest,
      Admission.Seat seat,
      TemplateName template,
      CheckpointWriter checkpoint,
      Optional<Migration> arriving,
      Operation operation)
      throws IOException {
    VpsDescription described = manifest.checkpoint().vps();
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
    long storedBytes = checkpoint.written().storedBytes();
    CheckpointManifest kept = checkpoint.commit(newId(manifest.checkpoint()));
    Faults.at("import.after-manifest");
    TimelineEntry entry =
        TimelineEntry.plain(
            CheckpointFiles.report(kept),
            Optional.empty(),
            arriving.isPresent() ? CheckpointKind.MIGRATE : CheckpointKind.IMPORT,
            kept.hasMemory(),
            DataSize.ofBytes(storedBytes));
    operation.phase("disk", 85);
    return newVps.make(
        new NewVps.Plan(PREFIX, JournalEntry.Kind.IMPORT, stored, entry),
        operation,
        unfinished ->
            arriving.ifPresent(
                migration -> unfinished.writeMigration(migration.with(entry.checkpoint().id()))));
  }

  /** Another VPS of this host may have the checkpoint already, and would lose it with this one. */
  private static CheckpointDescription newId(CheckpointDescription described) {
    return new CheckpointDescription(
        CheckpointId.create(described.takenAt()).value(),
        "",
        described.takenAt(),
        described.vps(),
        described.host(),
        described.memoryBytes(),
        described.diskBytes());
  }

  /** A VPS with memory must come back at its address, and one that moves; others take any. */
  private Optional<Ipv4Address> address(CheckpointManifest manifest, Wish wish) {
    Ipv4Address described = new Ipv4Address(manifest.checkpoint().vps().address());
    boolean isFree =
        host.configuration().subnet().offers(described)
            && host.vpses().all().stream().noneMatch(vps -> vps.spec().address().equals(described));
    return manifest.hasMemory() || wish.arriving.isPresent() || isFree
        ? Optional.of(described)
        : Optional.empty();
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
