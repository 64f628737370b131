package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.CheckpointDirectory;
import org.letargo.archive.HostDescription;
import org.letargo.archive.Manifest;
import org.letargo.archive.PageFollower;
import org.letargo.hook.cgroup.CgroupMount;
import org.letargo.hook.command.Command;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.EngineLog;
import org.letargo.hook.engine.EngineOptions;
import org.letargo.hook.engine.InodePaths;
import org.letargo.hook.engine.OpenFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.runtime.InitProcess;
import org.letargo.hook.runtime.RuncMessages;
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

  private final Host host;
  private final Stand stand;
  private final CheckpointFiles files;
  private final CgroupMount mount;
  private final AbortedDump aborted;
  private final Map<VpsName, InodePaths> inodePaths = new ConcurrentHashMap<>();

  SuspendVps(Host host, Stand stand, CheckpointFiles files, CgroupMount mount) {
    this.host = host;
    this.stand = stand;
    this.files = files;
    this.mount = mount;
    this.aborted = new AbortedDump(host);
  }

  void suspend(Vps vps, Operation operation) {
    CheckpointId id = CheckpointId.create(Instant.now());
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.SUSPEND, Optional.of(id))) {
      switch (vps.status()) {
        case VpsStatus.Running running ->
            new Suspension(vps, operation, change, id, running).run(running.initPid());
        case VpsStatus.Paused paused ->
            new Suspension(vps, operation, change, id, paused).run(paused.initPid());
        case VpsStatus.Stopped stopped ->
            throw VpsException.wrongState(
                vps.spec().name(), "suspend", stopped.word(), "There is nothing to save.");
        case VpsStatus.Suspended suspended ->
            throw VpsException.wrongState(
                vps.spec().name(), "suspend", suspended.word(), "There is nothing to do.");
      }
      operation.succeeded();
    }
    Faults.at("suspend.after-journal");
  }

  /** Forgets what is known of a VPS that is gone. */
  void forget(VpsName name) {
    inodePaths.remove(name);
  }

  private final class Suspension {
    private final Vps vps;
    private final VpsFolder folder;
    private final Operation operation;
    private final Vps.Change change;
    private final CheckpointId id;
    private final Path partial;
    private final Path work;
    private final SuspendSpace space;

    /** What it is again if this fails. */
    private final VpsStatus before;

    private volatile HostDescription taker;
    private volatile boolean committed;
    private volatile PageFollower follower;

    /** Why we told the engine not to kill the VPS; null if we did not. */
    private volatile VpsException veto;

    Suspension(Vps vps, Operation operation, Vps.Change change, CheckpointId id, VpsStatus before) {
      this.before = before;
      this.vps = vps;
      this.folder = vps.folder();
      this.operation = operation;
      this.change = change;
      this.id = id;
      this.partial = folder.partialCheckpoint(id);
      this.work = folder.log("suspend");
      this.space = new SuspendSpace(host, folder);
    }

    void run(long initPid) {
      InitProcess init = host.runc().initProcess(folder.name()).orElseThrow();
      Command.Result result;
      try {
        if (before instanceof VpsStatus.Paused) {
          host.runc().unpause(folder.name()); // the engine freezes it again by itself
        }
        prepare(initPid);
        Faults.at("suspend.before-dump");
        operation.phase("dump", 20);
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
        rollBack(init);
        throw DurableFiles.failed("cannot follow the images of '" + folder.name() + "'", e);
      } catch (RuntimeException e) {
        rollBack(init);
        throw e;
      }
      // Not what runc says but what is: an answer of ours that did not arrive lets the VPS run on;
      // but nothing of one that an engine has left frozen has run since.
      if (committed && (result.ok() || !init.isAlive() || host.runc().isPaused(folder.name()))) {
        Faults.at("suspend.before-cleanup");
        operation.phase("clean up", 95);
        stand.down(vps);
        return;
      }
      VpsException failure = failure(result);
      rollBack(init);
      throw failure;
    }

    private void prepare(long initPid) {
      operation.phase("preflight", 5);
      space.require();
      taker = files.describeHost(true);
      OpenFiles open = OpenFiles.of(host.cgroups().processes(folder.name()));
      Set<String> watched =
          inodePaths
              .computeIfAbsent(folder.name(), InodePaths::new)
              .find(Path.of("/proc/" + initPid + "/root"), open.watched());
      EngineOptions.dump(
              folder.engineAction(),
              watched,
              open.largestDeletedBytes(),
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
        case "pre-dump" -> operation.phase("dump", 30);
        case "post-dump" -> commit();
        default -> {
          // network-lock, network-unlock: the engine's own business
        }
      }
    }

    /** Everything is frozen and all images are written: make it durable, or throw to veto. */
    private void commit() {
      try {
        operation.phase("commit", 60);
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

    /**
     * The VPS is what it was, as if nothing had been; one that died meanwhile is taken down later.
     */
    private void rollBack(InitProcess init) {
      aborted.recover(vps, init, before);
      DiskState.differs(folder);
      if (vps.status() instanceof VpsStatus.Suspended) {
        change.become(before);
      }
      DurableFiles.deleteTree(partial);
      DurableFiles.deleteTree(folder.checkpoint(id));
    }

    private String after() {
      return before instanceof VpsStatus.Paused ? "The VPS is paused." : "The VPS runs on.";
    }

    private VpsException failure(Command.Result result) {
      if (veto != null) {
        return new VpsException(
            veto.code(),
            "cannot suspend VPS '" + folder.name() + "'",
            veto.code() == Code.CANCELLED ? veto.why() : veto.what() + ": " + veto.why(),
            (veto.remedy() + " " + after()).strip(),
            veto);
      }
      List<String> errors = EngineLog.errors(work.resolve("dump.log"));
      String why = errors.isEmpty() ? RuncMessages.plain(result.errors()) : errors.getFirst();
      boolean noSpace =
          errors.stream().anyMatch(error -> error.contains("No space left")) || space.isFull();
      return new VpsException(
          noSpace ? Code.NO_SPACE : Code.NOT_CHECKPOINTABLE,
          "cannot suspend VPS '" + folder.name() + "'",
          noSpace ? "no space left in " + folder.state() : "the engine says: " + why,
          noSpace
              ? "Free space on that disk, then try again. " + after()
              : after() + " docs/troubleshooting.md explains what the engine cannot save.");
    }
  }
}
