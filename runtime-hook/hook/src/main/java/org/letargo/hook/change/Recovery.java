package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.hook.cgroup.CgroupMount;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.rootfs.VpsDisk;
import org.letargo.hook.runtime.InitProcess;
import org.letargo.hook.runtime.Leftovers;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.StillLoading;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts everything right when the hook starts, whatever it was doing when it died. The processes
 * tell the truth: a VPS whose PID 1 lives is running; one without is suspended if a whole
 * checkpoint says so, else stopped. What was half done is finished or rolled back, and its
 * operation gets an outcome.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  /** How long a runtime or engine that outlived us may take to end. */
  private static final Duration LEFTOVERS_END = Duration.ofSeconds(60);

  private final Host host;
  private final Stand stand;
  private final ExitWatch exits;
  private final DestroyVps destroy;
  private final CgroupMount mount;
  private final Operations operations;
  private final CheckpointFiles files;
  private final TrialRestore trial;
  private boolean allRecovered = true;

  Recovery(
      Host host,
      Stand stand,
      ExitWatch exits,
      DestroyVps destroy,
      CgroupMount mount,
      Operations operations,
      CheckpointFiles files,
      TrialRestore trial) {
    this.host = host;
    this.stand = stand;
    this.exits = exits;
    this.destroy = destroy;
    this.mount = mount;
    this.operations = operations;
    this.files = files;
    this.trial = trial;
  }

  void run() {
    host.loadings().recover();
    host.templates().recover(id -> operations.ended(id, new OperationReport.Succeeded()));
    Path all = DurableFiles.folder(host.configuration().stateDir().resolve("vps"), "rwx--x--x");
    try (Stream<Path> found = Files.list(all)) {
      for (Path each : found.sorted().toList()) {
        if (each.getFileName().toString().startsWith(".")) {
          DestroyVps.operationOf(each.getFileName().toString())
              .ifPresent(id -> operations.ended(id, new OperationReport.Succeeded()));
          DurableFiles.deleteTree(each); // being created, imported or destroyed
        } else {
          recoverAlone(each.getFileName().toString());
        }
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot list " + all, e);
    }
    trial.recover();
    mount.recover(); // no engine of ours works any more
    stand.publishPorts();
    dropOrphans();
  }

  /** Whether every VPS could be read. */
  boolean knowsAll() {
    return allRecovered;
  }

  /** What no timeline has: left by a change that did not come to its end. */
  private void dropOrphans() {
    if (!allRecovered) {
      LOG.warn("no checkpoint is removed from the store while the owner of some is not known");
      return;
    }
    Set<String> owned =
        host.vpses().all().stream()
            .flatMap(vps -> vps.timeline().now().checkpoints().stream())
            .map(entry -> entry.checkpoint().id().value())
            .collect(Collectors.toSet());
    try {
      host.store().checkpoints().list().stream()
          .filter(id -> !owned.contains(id))
          .forEach(id -> files.forget(new CheckpointId(id)));
    } catch (IOException e) {
      throw DurableFiles.failed("cannot list the checkpoints of the store", e);
    }
  }

  /**
   * One VPS whose files are damaged, or a folder that is none of ours, must not stop the others.
   */
  private void recoverAlone(String name) {
    try {
      recover(VpsFolder.of(host.configuration(), new VpsName(name)));
    } catch (RuntimeException e) {
      allRecovered = false;
      LOG.error("vps={} cannot be recovered: {}, continuing without it", name, e.getMessage(), e);
    }
  }

  private void recover(VpsFolder folder) {
    Leftovers.killLazyRestores(folder);
    Leftovers.await(folder, LEFTOVERS_END);
    VpsDisk.recover(folder);
    StoredVps stored = folder.readSpec();
    VpsStatus written = folder.readStatus();
    Optional<JournalEntry> journal = folder.readJournal();
    Optional<InitProcess> init =
        host.runc().initProcess(folder.name()).filter(InitProcess::isAlive);
    Vps vps = host.vpses().add(folder, stored, written);
    OperationId operation = journal.map(JournalEntry::operation).orElseGet(OperationId::create);
    JournalEntry.Kind kind = journal.map(JournalEntry::kind).orElse(JournalEntry.Kind.START);
    if (kind == JournalEntry.Kind.DESTROY) {
      destroy.finish(
          vps, operation, () -> operations.ended(operation, new OperationReport.Succeeded()));
      LOG.info("vps={} op={} destroyed, as had been begun", folder.name(), operation);
      return;
    }
    try (Vps.Change change = begin(vps, operation, kind, journal)) {
      Optional<StillLoading> loading = stillLoading(folder, journal, written);
      VpsStatus now = settle(vps, journal, init, written, loading);
      DurableFiles.deleteTree(folder.images());
      if (loading.isPresent() && now instanceof VpsStatus.Suspended(CheckpointReport checkpoint)) {
        change.become(now, broken(vps, checkpoint));
      } else if (!now.equals(written)) {
        change.become(now);
      }
      LOG.info("vps={} found {}, is {}", folder.name(), written.word(), now.word());
      journal.ifPresent(entry -> operations.ended(operation, outcome(vps, entry, now)));
    }
  }

  private static Vps.Change begin(
      Vps vps, OperationId operation, JournalEntry.Kind kind, Optional<JournalEntry> journal) {
    Optional<CheckpointId> checkpoint = journal.flatMap(JournalEntry::checkpoint);
    Optional<Migration> between = vps.migration();
    return between.isPresent()
        ? vps.begin(operation, kind, checkpoint, between.get().id())
        : vps.begin(operation, kind, checkpoint);
  }

  /** Whether the hook has died while memory of the VPS was not all there. */
  private static Optional<StillLoading> stillLoading(
      VpsFolder folder, Optional<JournalEntry> journal, VpsStatus written) {
    return switch (written) {
      case VpsStatus.Running _, VpsStatus.Paused _ ->
          journal.map(JournalEntry::kind).filter(Recovery::endsTheProcesses).isPresent()
              ? Optional.empty()
              : folder.readStillLoading();
      case VpsStatus.Stopped _, VpsStatus.Suspended _ -> Optional.empty();
    };
  }

  /** Tells what became of it, as an operation too. */
  private Resumed.Broken broken(Vps vps, CheckpointReport checkpoint) {
    Failure failure =
        new Failure(
            Code.INTERRUPTED,
            "the memory of VPS '" + vps.spec().name() + "' could not all be loaded",
            "the hook died meanwhile",
            "It is suspended again in checkpoint " + checkpoint.id() + ": resume it.");
    OperationId operation = OperationId.create();
    operations.ended(operation, new OperationReport.Failed(failure));
    LOG.error("vps={} op={} {}", vps.spec().name(), operation, failure.toException().getMessage());
    return new Resumed.Broken(operation, failure);
  }

  /** Finds out what the VPS is, and makes the host agree with it. */
  private VpsStatus settle(
      Vps vps,
      Optional<JournalEntry> journal,
      Optional<InitProcess> init,
      VpsStatus written,
      Optional<StillLoading> loading) {
    boolean mayLive =
        init.isPresent()
            && loading.isEmpty()
            && journal.map(JournalEntry::kind).filter(Recovery::endsTheProcesses).isEmpty()
            && host.runc().isStarted(vps.spec().name());
    if (mayLive) {
      begun(journal, JournalEntry.Kind.SUSPEND)
          .or(() -> begun(journal, JournalEntry.Kind.LEND))
          .ifPresent(id -> {
            files.drop(vps, id);
            TakenTerminals.giveBack(
                vps.spec().name(),
                vps.folder().images(),
                host.cgroups().processes(vps.spec().name()));
          });
      journal
          .map(JournalEntry::kind)
          .filter(Recovery::usesTheEngine)
          .ifPresent(_ -> new AbortedDump(host).recover(vps, init.get(), written));
      DiskState.differs(vps.folder());
      if (speaksHere(vps)) {
        host.network().raise(vps.spec());
      }
      exits.watch(vps, init.get().pid());
      return alive(init.get().pid(), written, vps);
    }
    stand.down(vps);
    Leftovers.endDaemons(vps.folder());
    return suspended(vps, journal, written)
        .or(() -> loading.map(found -> new VpsStatus.Suspended(found.checkpoint())))
        .<VpsStatus>map(status -> status)
        .orElseGet(VpsStatus.Stopped::new);
  }

  /** Of one whose memory is lent another copy may run elsewhere, with the same connections. */
  private static boolean speaksHere(Vps vps) {
    return vps.migration().filter(between -> between.phase().mayRunElsewhere()).isEmpty();
  }

  private static boolean usesTheEngine(JournalEntry.Kind kind) {
    return kind == JournalEntry.Kind.SUSPEND
        || kind == JournalEntry.Kind.CHECKPOINT
        || kind == JournalEntry.Kind.LEND
        || kind == JournalEntry.Kind.REWIND;
  }

  private static boolean endsTheProcesses(JournalEntry.Kind kind) {
    return kind == JournalEntry.Kind.STOP || kind == JournalEntry.Kind.DESTROY;
  }

  private VpsStatus alive(long initPid, VpsStatus written, Vps vps) {
    Instant since =
        switch (written) {
          case VpsStatus.Running running when running.initPid() == initPid -> running.since();
          case VpsStatus.Paused paused when paused.initPid() == initPid -> paused.since();
          case VpsStatus.Running _,
              VpsStatus.Paused _,
              VpsStatus.Stopped _,
              VpsStatus.Suspended _ ->
              Instant.now();
        };
    return host.runc().isPaused(vps.spec().name())
        ? new VpsStatus.Paused(initPid, since)
        : new VpsStatus.Running(initPid, since);
  }

  /**
   * The checkpoint that the VPS, which has no process, is in; if there is one. A suspension, that
   * of a rewind too, is past its point of no return when its checkpoint is in the store; a resume
   * that had let tasks go which did not live goes back to where it came from. Never to where a
   * rewind was to lead: the disk is the present's if no checkpoint of that is there.
   */
  private Optional<VpsStatus.Suspended> suspended(
      Vps vps, Optional<JournalEntry> journal, VpsStatus written) {
    if (written instanceof VpsStatus.Suspended status) {
      return Optional.of(status);
    }
    Optional<CheckpointId> candidate =
        begun(journal, JournalEntry.Kind.SUSPEND)
            .filter(id -> isThere(vps, id, CheckpointKind.SUSPEND))
            .or(() ->
                begun(journal, JournalEntry.Kind.REWIND)
                    .filter(id -> isThere(vps, id, CheckpointKind.BEFORE_REWIND)))
            .or(() ->
                journal
                    .filter(entry -> entry.kind() == JournalEntry.Kind.RESUME)
                    .flatMap(_ -> vps.timeline().here()));
    return candidate
        .map(vps.timeline()::get)
        .filter(TimelineEntry::hasMemory)
        .map(entry -> new VpsStatus.Suspended(entry.checkpoint()));
  }

  private static Optional<CheckpointId> begun(
      Optional<JournalEntry> journal, JournalEntry.Kind kind) {
    return journal.filter(entry -> entry.kind() == kind).flatMap(JournalEntry::checkpoint);
  }

  /** Also one that was committed just before the hook died: it is entered into the timeline. */
  private boolean isThere(Vps vps, CheckpointId id, CheckpointKind kind) {
    if (vps.timeline().find(id).isPresent()) {
      return true;
    }
    try {
      CheckpointManifest manifest = host.store().checkpoints().manifest(id.value());
      vps.timeline()
          .add(
              TimelineEntry.plain(
                  CheckpointFiles.report(manifest),
                  vps.timeline().here(),
                  kind,
                  manifest.hasMemory(),
                  DataSize.ofBytes(0)));
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw DurableFiles.failed("cannot read the manifest of checkpoint " + id, e);
    }
  }

  /** A clone of a disk is complete when its folder has its name. */
  private static boolean hasNoMemory(Vps vps) {
    return vps.timeline().here().flatMap(vps.timeline()::find).stream()
        .noneMatch(TimelineEntry::hasMemory);
  }

  /** Whether a rewind has kept the present, and gone on from it. */
  private static boolean hasLeft(Vps vps, JournalEntry entry) {
    return entry
        .checkpoint()
        .flatMap(vps.timeline()::find)
        .filter(kept -> !vps.timeline().here().equals(Optional.of(kept.checkpoint().id())))
        .isPresent();
  }

  /** Whether what was begun had come to its end. */
  private static OperationReport outcome(Vps vps, JournalEntry entry, VpsStatus now) {
    boolean done =
        switch (entry.kind()) {
          case CREATE, IMPORT -> true; // the folder has its name
          case START, UNPAUSE, RESUME -> now instanceof VpsStatus.Running;
          case CLONE -> now instanceof VpsStatus.Running || hasNoMemory(vps);
          case REWIND -> now instanceof VpsStatus.Running && hasLeft(vps, entry);
          case STOP -> now instanceof VpsStatus.Stopped;
          case PAUSE -> now instanceof VpsStatus.Paused;
          case SUSPEND -> now instanceof VpsStatus.Suspended;
          case CHECKPOINT -> entry.checkpoint().flatMap(vps.timeline()::find).isPresent();
          case FORGET -> entry.checkpoint().flatMap(vps.timeline()::find).isEmpty();
          case DESTROY, EXPORT, LEND, MIGRATE -> false;
        };
    if (done) {
      return new OperationReport.Succeeded();
    }
    return new OperationReport.Failed(
        new Failure(
            Code.INTERRUPTED,
            "the operation did not come to its end",
            "the hook was restarted while it ran; the VPS is " + now.word(),
            "Start it again."));
  }
}
