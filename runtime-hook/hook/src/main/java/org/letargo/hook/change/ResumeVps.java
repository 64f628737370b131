package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.checkpoint.StoredImages;
import org.letargo.archive.criu.ImageCheck;
import org.letargo.hook.cgroup.CgroupMount;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.EngineOptions;
import org.letargo.hook.network.GuestNetwork;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.rootfs.VpsDisk;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a suspended VPS back. What is read from the store is compared with its hashes, so a
 * damaged checkpoint ends it before any task runs. A resume that fails leaves the VPS suspended,
 * with its checkpoint as it was; one that succeeds leaves the checkpoint in the timeline.
 */
final class ResumeVps {
  private static final Logger LOG = LoggerFactory.getLogger(ResumeVps.class);
  private static final Duration LONGEST = Duration.ofHours(1);

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
      resume(vps, operation, change, checkpoint, Connections.KEPT);
      operation.succeeded();
    }
    Faults.at("resume.after-journal");
  }

  /** What becomes of the TCP connections that the VPS had. */
  enum Connections {
    KEPT,
    /** A clone must not speak on the connections of another VPS. */
    CLOSED
  }

  /** The same within a change that somebody else has begun; the VPS is suspended in it. */
  void resume(
      Vps vps,
      Operation operation,
      Vps.Change change,
      CheckpointReport checkpoint,
      Connections connections) {
    try (StoredCheckpoint stored = host.store().checkpoints().read(checkpoint.id().value())) {
      new Resumption(vps, operation, change, checkpoint, stored, connections).run();
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileReading(e);
    } catch (NoSuchFileException e) {
      throw new VpsException(
          Code.CHECKPOINT_CORRUPT,
          "cannot resume VPS '" + vps.spec().name() + "'",
          "its checkpoint " + checkpoint.id() + " is not in the store",
          "Rewind it to another one ('letargo timeline " + vps.spec().name() + "'), or destroy it.",
          e);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot read checkpoint " + checkpoint.id(), e);
    }
  }

  private final class Resumption {
    private final Vps vps;
    private final VpsFolder folder;
    private final Operation operation;
    private final Vps.Change change;
    private final CheckpointReport checkpoint;
    private final StoredCheckpoint stored;
    private final Connections connections;
    private final Path images;
    private final Path log;
    private volatile VpsException veto;

    Resumption(
        Vps vps,
        Operation operation,
        Vps.Change change,
        CheckpointReport checkpoint,
        StoredCheckpoint stored,
        Connections connections) {
      this.vps = vps;
      this.folder = vps.folder();
      this.operation = operation;
      this.change = change;
      this.checkpoint = checkpoint;
      this.stored = stored;
      this.connections = connections;
      this.images = folder.images();
      this.log = folder.log("resume");
    }

    void run() {
      try {
        prepare();
        Faults.at("resume.before-restore");
        operation.phase("restore", 50);
        long initPid;
        try (var _ = mount.hold();
            var _ = host.relay().expect(folder.name(), this::reached)) {
          initPid = host.conmon().restore(folder, images, log, LONGEST);
        }
        Faults.at("resume.after-restore");
        host.network().raise(vps.spec());
        exits.watch(vps, initPid);
      } catch (RuntimeException e) {
        VpsException failure = failure(e);
        rollBack();
        throw failure;
      }
      dropImages();
    }

    /** It runs, so what cannot be removed is no failure. */
    private void dropImages() {
      try {
        DurableFiles.deleteTree(images);
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
      operation.phase("memory", 20);
      writeImages();
      host.cgroups().prepareRestore(vps.stored(), images);
      EngineOptions options =
          EngineOptions.restore(folder.engineAction(), host.cgroups().engineRoot(folder.name()));
      (connections == Connections.CLOSED ? options.closingConnections() : options)
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
        VpsDisk.restore(folder, vps.stored(), stored);
      } catch (IOException e) {
        throw DurableFiles.failed("cannot unpack the disk of VPS '" + folder.name() + "'", e);
      } catch (ArchiveException e) {
        throw ArchiveFailures.whileReading(e);
      }
    }

    private void writeImages() {
      try {
        ImageFolder.write(stored, images, vps.stored().hostIdBase());
        ImageCheck.check(StoredImages.in(images, stored));
      } catch (IOException e) {
        throw DurableFiles.failed("cannot write the images of checkpoint " + checkpoint.id(), e);
      } catch (ArchiveException e) {
        throw ArchiveFailures.whileReading(e);
      }
    }

    private void reached(String stage, long initPid) {
      try {
        switch (stage) {
          case "createRuntime" -> {
            host.network().plug(vps.spec(), initPid);
            GuestNetwork.read(images).restore(initPid);
          }
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
      operation.phase("release", 90);
      host.cgroups().afterRestore(vps.stored());
      operation.commit();
      vps.timeline().moveTo(checkpoint.id()); // while it can still be undone: here is where it was
      Faults.at("resume.before-release");
      change.become(new VpsStatus.Running(initPid, Instant.now()));
      Faults.at("resume.after-release");
    }

    private void rollBack() {
      stand.down(vps);
      DurableFiles.deleteTree(images);
      change.become(new VpsStatus.Suspended(checkpoint));
    }

    private VpsException failure(RuntimeException cause) {
      return RestoreFailure.of(
          "cannot resume VPS '" + folder.name() + "'",
          Optional.ofNullable(veto),
          cause,
          log,
          "It stays suspended, its checkpoint is kept.");
    }
  }
}
