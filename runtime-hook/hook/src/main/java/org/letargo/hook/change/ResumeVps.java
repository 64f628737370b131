package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.hook.cgroup.CgroupMount;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.EngineOptions;
import org.letargo.hook.network.GuestNetwork;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.rootfs.VpsDisk;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a suspended VPS back. It runs when its tasks are there, and its memory comes behind
 * ({@link Loading}); where that cannot be, or fails before it runs, all memory is there first. What
 * is read from the store is compared with its hashes: what is damaged ends a resume before any task
 * runs, or ends the tasks before they see it. A resume that fails leaves the VPS suspended, with
 * its checkpoint as it was; one that succeeds leaves the checkpoint in the timeline.
 */
final class ResumeVps {
  private static final Logger LOG = LoggerFactory.getLogger(ResumeVps.class);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Host host;
  private final Stand stand;
  private final ExitWatch exits;
  private final CgroupMount mount;
  private final BackToCheckpoint back;

  ResumeVps(Host host, Stand stand, ExitWatch exits, CgroupMount mount, BackToCheckpoint back) {
    this.host = host;
    this.stand = stand;
    this.exits = exits;
    this.mount = mount;
    this.back = back;
  }

  /**
   * @param eager whether somebody wants all memory first
   */
  void resume(Vps vps, boolean eager, Operation operation) {
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.RESUME, Optional.empty())) {
      VpsStatus status = vps.status();
      if (!(status instanceof VpsStatus.Suspended(CheckpointReport checkpoint))) {
        throw VpsException.wrongState(
            vps.spec().name(), "resume", status.word(), "Only a suspended VPS can be resumed.");
      }
      resume(vps, operation, change, checkpoint, eager ? Way.ASKED_EAGER : Way.BEST);
      operation.succeeded();
    }
    Faults.at("resume.after-journal");
  }

  /**
   * How to bring it back.
   *
   * @param eagerBecause why all memory must be there first; empty: only if it must
   * @param keepsConnections whether its TCP connections go on; a clone must not speak on those of
   *     another VPS
   * @param atRelease done when all tasks are there and none has run; if it throws none will
   * @param borrowing who lends its private memory; empty: all of it lies in the checkpoint
   */
  record Way(
      Optional<String> eagerBecause,
      boolean keepsConnections,
      Runnable atRelease,
      Optional<Borrowing> borrowing) {
    static final Way BEST = new Way(Optional.empty(), true);
    static final Way ASKED_EAGER = new Way(Optional.of("it was asked for"), true);
    static final Way AS_CLONE = new Way(Optional.empty(), false);

    private Way(Optional<String> eagerBecause, boolean keepsConnections) {
      this(eagerBecause, keepsConnections, () -> {}, Optional.empty());
    }

    Way eagerly(String because) {
      return new Way(Optional.of(because), keepsConnections, atRelease, borrowing);
    }

    /** On memory that somebody lends: there is no other way then. */
    static Way on(Borrowing borrowing) {
      return new Way(Optional.empty(), true, () -> {}, Optional.of(borrowing));
    }

    /** The best one, and this is done at the last moment. */
    static Way after(Runnable atRelease) {
      return new Way(Optional.empty(), true, atRelease, Optional.empty());
    }
  }

  /** The same within a change that somebody else has begun; the VPS is suspended in it. */
  void resume(
      Vps vps, Operation operation, Vps.Change change, CheckpointReport checkpoint, Way way) {
    try (StoredCheckpoint stored = host.store().checkpoints().read(checkpoint.id().value())) {
      Resumption first = new Resumption(vps, operation, change, checkpoint, stored, way);
      try {
        first.run();
      } catch (VpsException e) {
        boolean isHopeless = way.borrowing.filter(Borrowing::isBroken).isPresent();
        if (first.loading.isEmpty() || operation.isCancelled() || isHopeless) {
          throw e;
        }
        LOG.warn("vps={} op={} {} Again", vps.spec().name(), operation.id(), e.getMessage());
        Way again =
            way.borrowing.isPresent() // then there is no other way
                ? way
                : way.eagerly("the lazy way failed (" + e.why() + ")");
        new Resumption(vps, operation, change, checkpoint, stored, again).run();
      }
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
    private final Way way;
    private final Path images;
    private final Path log;
    private volatile VpsException veto;

    /** There if its memory comes late. */
    private volatile Optional<Loading> loading = Optional.empty();

    private volatile String eagerBecause = "";

    Resumption(
        Vps vps,
        Operation operation,
        Vps.Change change,
        CheckpointReport checkpoint,
        StoredCheckpoint stored,
        Way way) {
      this.vps = vps;
      this.folder = vps.folder();
      this.operation = operation;
      this.change = change;
      this.checkpoint = checkpoint;
      this.stored = stored;
      this.way = way;
      this.images = folder.images();
      this.log = folder.log("resume");
    }

    void run() {
      try {
        prepare();
        Faults.at("resume.before-restore");
        phase("restore", 50);
        long initPid;
        try (var _ = mount.hold();
            var _ = host.relay().expect(folder.name(), this::reached)) {
          initPid =
              loading.isPresent()
                  ? host.conmon().restoreLazily(folder, images, log, LONGEST)
                  : host.conmon().restore(folder, images, log, LONGEST);
        }
        loading.ifPresent(Loading::restored);
        Faults.at("resume.after-restore");
        host.network().raise(vps.spec());
        host.network().announce(vps.spec(), initPid);
        exits.watch(vps, initPid);
      } catch (RuntimeException e) {
        VpsException failure = failure(e);
        rollBack();
        throw failure;
      }
      if (loading.isEmpty()) {
        dropImages();
      }
    }

    /** Says how far it is; a second attempt does not go back. */
    private void phase(String name, int percent) {
      operation.phase(name, Math.max(percent, operation.progress().percent()));
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
      phase("prepare", 5);
      stand.down(vps); // what a resume that died may have left
      putDiskInPlace();
      DiskState.differs(folder);
      stand.up(vps);
      stand.publishPorts(); // somebody may have flushed the host's rules
      DurableFiles.deleteTree(log);
      DurableFiles.folder(log, "rwx------");
      phase("memory", 20);
      writeImages();
      host.cgroups().prepareRestore(vps.stored(), images);
      EngineOptions options =
          EngineOptions.restore(folder.engineAction(), host.cgroups().engineRoot(folder.name()));
      (way.keepsConnections ? options : options.closingConnections()).write(folder.engineOptions());
      operation.checkCancelled();
    }

    /** Leaves the disk where it is if it is still the checkpoint's, else unpacks it anew. */
    private void putDiskInPlace() {
      if (DiskState.isAt(folder, checkpoint.id())) {
        return;
      }
      phase("disk", 10);
      try {
        VpsDisk.restore(folder, vps.stored(), stored);
      } catch (IOException e) {
        throw DurableFiles.failed("cannot unpack the disk of VPS '" + folder.name() + "'", e);
      } catch (ArchiveException e) {
        throw ArchiveFailures.whileReading(e);
      }
    }

    /** Asks for as little as may be: what comes late is not written to the disk at all. */
    private void writeImages() {
      try {
        eagerBecause = way.eagerBecause.or(this::prepareToLoad).orElse("");
        if (loading.isEmpty()) {
          ImageFolder.write(stored, images, vps.stored().hostIdBase(), ImageFolder.whole(stored));
        }
      } catch (IOException e) {
        throw DurableFiles.failed("cannot write the images of checkpoint " + checkpoint.id(), e);
      } catch (ArchiveException e) {
        throw ArchiveFailures.whileReading(e);
      }
    }

    /**
     * Makes ready for memory that comes late.
     *
     * @return why that cannot be
     */
    private Optional<String> prepareToLoad() {
      try {
        return switch (LateMemory.prepare(host, vps, checkpoint, way.borrowing, back)) {
          case LateMemory.Prepared.Comes(Loading late) -> {
            loading = Optional.of(late);
            yield Optional.empty();
          }
          case LateMemory.Prepared.CannotCome(String because) -> Optional.of(unlessLent(because));
        };
      } catch (IOException e) {
        return Optional.of(unlessLent(e.getMessage()));
      }
    }

    private String unlessLent(String because) {
      if (way.borrowing.isPresent()) {
        throw new VpsException(
            Code.RESUME_FAILED,
            "cannot resume VPS '" + folder.name() + "' before its memory is there",
            because,
            "Use another mode.");
      }
      return because;
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
      phase("release", 90);
      host.cgroups().afterRestore(vps.stored());
      operation.commit();
      way.atRelease.run();
      vps.timeline().moveTo(checkpoint.id()); // while it can still be undone: here is where it was
      Faults.at("resume.before-release");
      loading.ifPresent(late -> late.hold(initPid));
      change.become(
          new VpsStatus.Running(initPid, Instant.now()),
          loading.<Resumed>map(Loading::memory).orElse(new Resumed.Eagerly(eagerBecause)));
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
