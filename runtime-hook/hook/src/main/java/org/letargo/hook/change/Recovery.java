package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.CheckpointDirectory;
import org.letargo.hook.cgroup.CgroupMount;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.OperationReport;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.runtime.InitProcess;
import org.letargo.hook.runtime.Leftovers;
import org.letargo.hook.vps.JournalEntry;
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

  Recovery(
      Host host,
      Stand stand,
      ExitWatch exits,
      DestroyVps destroy,
      CgroupMount mount,
      Operations operations) {
    this.host = host;
    this.stand = stand;
    this.exits = exits;
    this.destroy = destroy;
    this.mount = mount;
    this.operations = operations;
  }

  void run() {
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
    mount.recover(); // no engine of ours works any more
    stand.publishPorts();
  }

  /**
   * One VPS whose files are damaged, or a folder that is none of ours, must not stop the others.
   */
  private void recoverAlone(String name) {
    try {
      recover(VpsFolder.of(host.configuration(), new VpsName(name)));
    } catch (RuntimeException e) {
      LOG.error("vps={} cannot be recovered: {}, continuing without it", name, e.getMessage(), e);
    }
  }

  private void recover(VpsFolder folder) {
    Leftovers.await(folder, LEFTOVERS_END);
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
    try (Vps.Change change =
        vps.begin(operation, kind, journal.flatMap(JournalEntry::checkpoint))) {
      VpsStatus now = settle(vps, journal, init, written);
      if (!now.equals(written)) {
        change.become(now);
      }
      LOG.info("vps={} found {}, is {}", folder.name(), written.word(), now.word());
      journal.ifPresent(entry -> operations.ended(operation, outcome(entry, now)));
    }
  }

  /** Finds out what the VPS is, and makes the host agree with it. */
  private VpsStatus settle(
      Vps vps, Optional<JournalEntry> journal, Optional<InitProcess> init, VpsStatus written) {
    boolean mayLive =
        init.isPresent()
            && journal.map(JournalEntry::kind).filter(Recovery::endsTheProcesses).isEmpty()
            && host.runc().isStarted(vps.spec().name());
    if (mayLive) {
      journal
          .filter(entry -> entry.kind() == JournalEntry.Kind.SUSPEND)
          .ifPresent(_ -> new AbortedDump(host).recover(vps, init.get(), written));
      dropCheckpoints(vps, Optional.empty());
      DiskState.differs(vps.folder());
      host.network().raise(vps.spec());
      exits.watch(vps, init.get().pid());
      return alive(init.get().pid(), written, vps);
    }
    stand.down(vps);
    Optional<VpsStatus.Suspended> suspended = suspended(vps, journal, written);
    dropCheckpoints(vps, suspended.map(status -> status.checkpoint().id()));
    return suspended.<VpsStatus>map(status -> status).orElseGet(VpsStatus.Stopped::new);
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

  /** The checkpoint that the VPS, which has no process, is in; if it is whole. */
  private Optional<VpsStatus.Suspended> suspended(
      Vps vps, Optional<JournalEntry> journal, VpsStatus written) {
    if (written instanceof VpsStatus.Suspended status
        && hasManifest(vps, status.checkpoint().id())) {
      return Optional.of(status);
    }
    Optional<CheckpointId> begun =
        journal
            .filter(entry -> entry.kind() == JournalEntry.Kind.SUSPEND)
            .flatMap(JournalEntry::checkpoint);
    Optional<CheckpointId> candidate = begun.isPresent() ? begun : interruptedResume(vps, journal);
    return candidate
        .filter(id -> hasManifest(vps, id))
        .map(id -> {
          try {
            return new VpsStatus.Suspended(
                CheckpointFiles.report(
                    CheckpointDirectory.readManifest(vps.folder().checkpoint(id))));
          } catch (IOException e) {
            throw DurableFiles.failed("cannot read the manifest of checkpoint " + id, e);
          }
        });
  }

  /** A resume that had let the tasks go, and whose tasks did not live: its checkpoint is there. */
  private static Optional<CheckpointId> interruptedResume(Vps vps, Optional<JournalEntry> journal) {
    if (journal.filter(entry -> entry.kind() == JournalEntry.Kind.RESUME).isEmpty()) {
      return Optional.empty();
    }
    return checkpoints(vps).stream()
        .map(path -> path.getFileName().toString())
        .filter(name -> !name.startsWith("."))
        .map(CheckpointId::new)
        .findFirst();
  }

  private static boolean hasManifest(Vps vps, CheckpointId id) {
    try {
      CheckpointDirectory.readManifest(vps.folder().checkpoint(id));
      return true;
    } catch (IOException | ArchiveException e) {
      return false;
    }
  }

  private static void dropCheckpoints(Vps vps, Optional<CheckpointId> keep) {
    for (Path each : checkpoints(vps)) {
      if (keep.filter(id -> each.getFileName().toString().equals(id.value())).isEmpty()) {
        DurableFiles.deleteTree(each);
      }
    }
  }

  private static List<Path> checkpoints(Vps vps) {
    Path folder = vps.folder().checkpoints();
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(folder)) {
      return found.toList();
    } catch (IOException e) {
      throw DurableFiles.failed("cannot list " + folder, e);
    }
  }

  /** Whether what was begun had come to its end. */
  private static OperationReport outcome(JournalEntry entry, VpsStatus now) {
    boolean done =
        switch (entry.kind()) {
          case CREATE, IMPORT -> true; // the folder has its name
          case START, UNPAUSE, RESUME -> now instanceof VpsStatus.Running;
          case STOP -> now instanceof VpsStatus.Stopped;
          case PAUSE -> now instanceof VpsStatus.Paused;
          case SUSPEND -> now instanceof VpsStatus.Suspended;
          case DESTROY, EXPORT -> false;
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
