package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.CheckpointDirectory;
import org.letargo.archive.HostDescription;
import org.letargo.archive.Manifest;
import org.letargo.archive.PageFollower;
import org.letargo.hook.cgroup.CgroupMount;
import org.letargo.hook.command.Command;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.EngineOptions;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.preflight.Preflight;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.runtime.InitProcess;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;

/**
 * Suspends a VPS: the engine freezes it and writes its memory; at the engine's stage {@code
 * post-dump}, with everything still frozen, the disk is captured and the checkpoint made durable.
 * Only then is the engine told to go on, and it kills the processes. Whatever fails before that,
 * the VPS runs on.
 *
 * <pre>
 *  hook                    runc -> engine              letargo-relay
 *  options, folder
 *  runc checkpoint  ------>  freeze, dump
 *                            post-dump  ------------------>  |
 *    disk, manifest, rename  <-------------------------------|
 *    status "suspended"
 *    0  ---------------------------------------------------->| exit 0
 *                            kill the tasks  <---------------|
 *  clean up  <-------------  done
 * </pre>
 */
final class SuspendVps {
  private static final Duration LONGEST = Duration.ofHours(1);

  /** A dump that fails for what tends to pass is made again, until so much time has gone by. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Host host;
  private final Stand stand;
  private final CheckpointFiles files;
  private final CgroupMount mount;
  private final Clearance clearance;

  SuspendVps(
      Host host, Stand stand, CheckpointFiles files, CgroupMount mount, Clearance clearance) {
    this.host = host;
    this.stand = stand;
    this.files = files;
    this.mount = mount;
    this.clearance = clearance;
  }

  void suspend(Vps vps, Operation operation) {
    CheckpointId id = CheckpointId.create(Instant.now());
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.SUSPEND, Optional.of(id))) {
      switch (vps.status()) {
        case VpsStatus.Running running -> new Suspension(vps, operation, change, id).run(running);
        case VpsStatus.Paused(long initPid, Instant since) -> {
          clearance.require(vps);
          host.runc().unpause(vps.spec().name()); // the engine freezes it again by itself
          VpsStatus.Running running = new VpsStatus.Running(initPid, since);
          change.become(running);
          new Suspension(vps, operation, change, id).run(running);
        }
        case VpsStatus.Stopped stopped ->
            throw VpsException.wrongState(
                vps.spec().name(), "suspend", stopped.word(), "There is nothing to save.");
        case VpsStatus.Suspended suspended ->
            throw VpsException.wrongState(
                vps.spec().name(), "suspend", suspended.word(), "There is nothing to do.");
      }
    }
  }

  private final class Suspension {
    private final Vps vps;
    private final VpsFolder folder;
    private final Operation operation;
    private final Vps.Change change;
    private final CheckpointId id;
    private final Path partial;
    private final Path work;
    private volatile HostDescription taker;
    private volatile boolean committed;
    private volatile PageFollower follower;

    /** Why we told the engine not to kill the VPS; null if we did not. */
    private volatile VpsException veto;

    Suspension(Vps vps, Operation operation, Vps.Change change, CheckpointId id) {
      this.vps = vps;
      this.folder = vps.folder();
      this.operation = operation;
      this.change = change;
      this.id = id;
      this.partial = folder.partialCheckpoint(id);
      this.work = folder.log("suspend");
    }

    void run(VpsStatus.Running running) {
      InitProcess init = host.runc().initProcess(folder.name()).orElseThrow();
      long endNanos = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        Optional<VpsException> failure = attempt(running, init);
        if (failure.isEmpty()) {
          return;
        }
        if (System.nanoTime() >= endNanos || !isTransient(failure.get()) || !init.isAlive()) {
          throw failure.get();
        }
        operation.checkCancelled();
        Clearance.pause();
      }
    }

    /**
     * @return why the engine failed; the VPS then runs on
     */
    private Optional<VpsException> attempt(VpsStatus.Running running, InitProcess init) {
      Command.Result result;
      try {
        prepare();
        Faults.at("suspend.before-dump");
        phase("dump", 20);
        try (var _ = mount.hold();
            var _ = host.relay().expect(folder.name(), this::reached);
            var pages = PageFollower.follow(partial.resolve(CheckpointFiles.IMAGES))) {
          follower = pages;
          result =
              host.runc()
                  .checkpoint(folder, partial.resolve(CheckpointFiles.IMAGES), work)
                  .timeout(LONGEST)
                  .run();
        }
      } catch (IOException e) {
        rollBack(running, init);
        throw DurableFiles.failed("cannot follow the images of '" + folder.name() + "'", e);
      } catch (RuntimeException e) {
        rollBack(running, init);
        throw e;
      }
      // Not what runc says but what is: an answer of ours that did not arrive lets the VPS run on.
      if (committed && !(init.isAlive() && !result.ok())) {
        Faults.at("suspend.before-cleanup");
        phase("clean up", 95);
        stand.down(vps);
        return Optional.empty();
      }
      VpsException failure = failure(result);
      rollBack(running, init);
      return Optional.of(failure);
    }

    /** Never once we have vetoed: the engine had come to its end. */
    private boolean isTransient(VpsException failure) {
      return veto == null
          && failure.code() == Code.NOT_CHECKPOINTABLE
          && failure
              .explanation()
              .map(behind -> behind.obstacles().getFirst().kind().isTransient())
              .orElse(false);
    }

    /** Says how far it is; a second attempt does not go back. */
    private void phase(String name, int percent) {
      operation.phase(name, Math.max(percent, operation.progress().percent()));
    }

    private void prepare() {
      phase("preflight", 5);
      Preflight.Look look = clearance.await(vps, operation);
      taker = files.describeHost(true);
      EngineOptions.dump(
              folder.engineAction(),
              look.watchedPaths(),
              look.open().largestDeletedBytes(),
              host.cgroups().engineRoot(folder.name()))
          .write(folder.engineOptions());
      DurableFiles.folder(folder.checkpoints(), "rwx------");
      DurableFiles.folder(partial, "rwx------");
      DurableFiles.folder(partial.resolve(CheckpointFiles.IMAGES), "rwx------");
      DurableFiles.deleteTree(work);
      DurableFiles.folder(work, "rwx------");
      operation.checkCancelled();
    }

    private void reached(String stage, long initPid) {
      switch (stage) {
        case "pre-dump" -> phase("dump", 30);
        case "post-dump" -> commit();
        default -> {
          // network-lock, network-unlock: the engine's own business
        }
      }
    }

    /** Everything is frozen and all images are written: make it durable, or throw to veto. */
    private void commit() {
      try {
        phase("commit", 60);
        operation.commit();
        Path images = partial.resolve(CheckpointFiles.IMAGES);
        host.cgroups().save(vps.stored(), images);
        ImageFolder.handTo(vps.stored().hostIdBase(), images);
        Faults.at("suspend.before-commit");
        Faults.failAt("suspend.commit");
        Manifest manifest =
            files.complete(
                vps,
                id,
                Instant.now(),
                taker,
                partial,
                (directory, description) ->
                    CheckpointDirectory.seal(directory, description, follower));
        Faults.at("suspend.before-rename");
        DurableFiles.rename(partial, folder.checkpoint(id));
        Faults.at("suspend.after-rename");
        DiskState.nowAt(folder, id);
        change.become(new VpsStatus.Suspended(CheckpointFiles.report(manifest)));
        committed = true;
        Faults.at("suspend.after-commit");
      } catch (VpsException e) {
        veto = e;
        throw e;
      } catch (ArchiveException e) {
        veto = ArchiveFailures.whileTaking(e);
        throw veto;
      } catch (IOException e) {
        veto = DurableFiles.failed("cannot write the checkpoint", e);
        throw veto;
      } catch (RuntimeException e) {
        veto = VpsException.internal("cannot write the checkpoint", e);
        throw veto;
      }
    }

    /** The VPS runs on, as if nothing had been; one that died meanwhile is taken down later. */
    private void rollBack(VpsStatus.Running running, InitProcess init) {
      DiskState.differs(folder);
      if (vps.status() instanceof VpsStatus.Suspended) {
        change.become(running);
      }
      DurableFiles.deleteTree(partial);
      DurableFiles.deleteTree(folder.checkpoint(id));
    }

    private VpsException failure(Command.Result result) {
      if (veto != null) {
        return new VpsException(
            veto.code(),
            "cannot suspend VPS '" + folder.name() + "'",
            veto.code() == Code.CANCELLED ? veto.why() : veto.what() + ": " + veto.why(),
            (veto.remedy() + " The VPS runs on.").strip(),
            veto);
      }
      return DumpFailure.of(folder, work, result);
    }
  }
}
