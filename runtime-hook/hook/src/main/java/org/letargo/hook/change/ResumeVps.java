package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.CheckpointDirectory;
import org.letargo.archive.Manifest;
import org.letargo.archive.disk.DiskChanges;
import org.letargo.hook.cgroup.CgroupMount;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.EngineLog;
import org.letargo.hook.engine.EngineOptions;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.rootfs.VpsDisk;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a suspended VPS back. The checkpoint is read and its hashes compared while the engine
 * restores; at the engine's stage {@code post-restore}, before any task runs, the result is
 * awaited, and a damaged checkpoint ends it there. A resume that fails leaves the VPS suspended
 * with its checkpoint as it was.
 */
final class ResumeVps {
  private static final Logger LOG = LoggerFactory.getLogger(ResumeVps.class);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Set<String> DISK_FILES = Set.of(DiskChanges.TAR, DiskChanges.DELETED);

  private final Host host;
  private final Stand stand;
  private final ExitWatch exits;
  private final CgroupMount mount;

  ResumeVps(Host host, Stand stand, ExitWatch exits, CgroupMount mount) {
    this.host = host;
    this.stand = stand;
    this.exits = exits;
    this.mount = mount;
  }

  void resume(Vps vps, Operation operation) {
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.RESUME, Optional.empty())) {
      VpsStatus status = vps.status();
      if (!(status instanceof VpsStatus.Suspended(CheckpointReport checkpoint))) {
        throw VpsException.wrongState(
            vps.spec().name(), "resume", status.word(), "Only a suspended VPS can be resumed.");
      }
      new Resumption(vps, operation, change, checkpoint).run();
      operation.succeeded();
    }
    Faults.at("resume.after-journal");
  }

  private final class Resumption {
    private final Vps vps;
    private final VpsFolder folder;
    private final Operation operation;
    private final Vps.Change change;
    private final CheckpointReport checkpoint;
    private final Path directory;
    private final Path images;
    private final Path log;
    private final FutureTask<Manifest> verification;
    private volatile VpsException veto;

    Resumption(Vps vps, Operation operation, Vps.Change change, CheckpointReport checkpoint) {
      this.vps = vps;
      this.folder = vps.folder();
      this.operation = operation;
      this.change = change;
      this.checkpoint = checkpoint;
      this.directory = folder.checkpoint(checkpoint.id());
      this.images = directory.resolve(CheckpointFiles.IMAGES);
      this.log = folder.log("resume");
      this.verification = new FutureTask<>(() -> CheckpointDirectory.verify(directory));
    }

    void run() {
      Thread.ofPlatform().name("verify-" + folder.name()).daemon(true).start(verification);
      try {
        prepare();
        Faults.at("resume.before-restore");
        operation.phase("restore", 30);
        Path own = imagesForHost();
        long initPid;
        try (var _ = mount.hold();
            var _ = host.relay().expect(folder.name(), this::reached)) {
          initPid = host.conmon().restore(folder, own, log, LONGEST);
        }
        Faults.at("resume.after-restore");
        host.network().raise(vps.spec());
        exits.watch(vps, initPid);
      } catch (RuntimeException e) {
        VpsException failure = failure(e);
        rollBack();
        throw failure;
      }
      dropCheckpoint();
    }

    /** The VPS has moved on from it. It runs, so what cannot be removed is no failure. */
    private void dropCheckpoint() {
      try {
        DurableFiles.deleteTree(scratch());
        DurableFiles.deleteTree(directory);
      } catch (VpsException e) {
        LOG.warn("vps={} {}, continuing without it", folder.name(), e.getMessage());
      }
    }

    private void prepare() {
      operation.phase("prepare", 5);
      stand.down(vps); // what a resume that died may have left
      putDiskInPlace();
      DiskState.differs(folder);
      stand.up(vps);
      stand.publishPorts(); // somebody may have flushed the host's rules
      DurableFiles.deleteTree(log);
      DurableFiles.folder(log, "rwx------");
      host.cgroups().prepareRestore(vps.stored(), images);
      EngineOptions.restore(folder.engineAction(), host.cgroups().engineRoot(folder.name()))
          .write(folder.engineOptions());
      operation.checkCancelled();
    }

    /** Leaves the disk where it is if it is still the checkpoint's, else unpacks it anew. */
    private void putDiskInPlace() {
      if (DiskState.isAt(folder, checkpoint.id())) {
        return;
      }
      operation.phase("disk", 10);
      try {
        // Nothing that is not what it was may be unpacked; the memory, most of it, is still being
        // read meanwhile.
        CheckpointDirectory.verify(directory, DISK_FILES);
        VpsDisk.restore(folder, vps.stored(), directory);
      } catch (IOException e) {
        throw DurableFiles.failed("cannot unpack the disk of VPS '" + folder.name() + "'", e);
      } catch (ArchiveException e) {
        throw ArchiveFailures.whileReading(e);
      }
    }

    private Path imagesForHost() {
      try {
        return ImageFolder.forHost(images, scratch(), vps.stored().hostIdBase());
      } catch (IOException e) {
        throw DurableFiles.failed("cannot prepare the images of checkpoint " + checkpoint.id(), e);
      } catch (ArchiveException e) {
        throw ArchiveFailures.whileReading(e);
      }
    }

    private Path scratch() {
      return folder.checkpoints().resolve(".mapped-" + checkpoint.id());
    }

    private void reached(String stage, long initPid) {
      try {
        switch (stage) {
          case "createRuntime" -> host.network().plug(vps.spec(), initPid);
          case "pre-restore" -> host.cgroups().beforeRestore(vps.stored(), images);
          case "post-setup-namespaces" -> host.cgroups().afterNamespaces(vps.stored(), images);
          case "post-restore" -> release(initPid);
          default -> {
            // setup-namespaces, network-unlock, pre-resume, post-resume: the engine's own business
          }
        }
      } catch (VpsException e) {
        veto = e;
        throw e;
      }
    }

    /** The tasks are there but have not run: the last moment to say no. */
    private void release(long initPid) {
      operation.phase("verify", 80);
      awaitVerification();
      host.cgroups().afterRestore(vps.stored());
      operation.commit();
      Faults.at("resume.before-release");
      change.become(new VpsStatus.Running(initPid, Instant.now()));
      Faults.at("resume.after-release");
    }

    private void awaitVerification() {
      try {
        verification.get();
      } catch (ExecutionException e) {
        throw switch (e.getCause()) {
          case ArchiveException damaged -> ArchiveFailures.whileReading(damaged);
          case IOException unread ->
              DurableFiles.failed("cannot read checkpoint " + checkpoint.id(), unread);
          case Throwable fault -> VpsException.internal("cannot verify the checkpoint", fault);
        };
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw VpsException.internal("cannot verify the checkpoint", e);
      }
    }

    private void rollBack() {
      awaitQuietly();
      stand.down(vps);
      DurableFiles.deleteTree(scratch());
      change.become(new VpsStatus.Suspended(checkpoint));
    }

    /** The reader must have let go of the files before the next resume starts its own. */
    private void awaitQuietly() {
      try {
        awaitVerification();
      } catch (VpsException e) {
        // told already, if it was the reason
      }
    }

    private VpsException failure(RuntimeException cause) {
      List<String> errors = EngineLog.errors(log.resolve("restore.log"));
      VpsException known = veto != null ? veto : cause instanceof VpsException said ? said : null;
      if (known == null) {
        return VpsException.internal("cannot resume VPS '" + folder.name() + "'", cause);
      }
      String why =
          veto == null && !errors.isEmpty() ? "the engine says: " + errors.getFirst() : known.why();
      return new VpsException(
          known.code(),
          "cannot resume VPS '" + folder.name() + "'",
          why,
          (known.remedy() + " It stays suspended, its checkpoint is kept.").strip(),
          cause);
    }
  }
}
