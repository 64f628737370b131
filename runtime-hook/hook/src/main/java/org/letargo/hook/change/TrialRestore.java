package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.criu.SavedProcess;
import org.letargo.hook.cgroup.CgroupMount;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.engine.EngineOptions;
import org.letargo.hook.network.GuestNetwork;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.rootfs.VpsDisk;
import org.letargo.hook.runtime.Leftovers;
import org.letargo.hook.template.TemplateUse;
import org.letargo.hook.trial.RestoredProcesses;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.VpsFolder;
import org.letargo.linux.NativeException;
import org.letargo.linux.Pidfd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores a checkpoint beside whatever its VPS does, looks whether it is what was saved, and kills
 * it. A trial has a name, folders, control groups and a disk of its own, and a network that leads
 * nowhere; the VPS and its timeline are not touched. What a hook that dies leaves of a trial is
 * removed when the hook starts.
 *
 * <pre>
 *  unpack the disk, write the images       from the store: every chunk is compared with its hash
 *  runc restore
 *    createRuntime                         the VPS's address, on a device that leads nowhere
 *    post-restore                          all tasks are there and have not run: compare
 *      no    RESTORE: we are done, and     the engine kills the tasks, runc fails
 *      yes   RUN: they run for a moment    PID 1 must live on
 *  kill, take down, remove
 * </pre>
 */
final class TrialRestore {
  private static final Logger LOG = LoggerFactory.getLogger(TrialRestore.class);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration LEFTOVERS_END = Duration.ofSeconds(60);

  /** For so long the processes run, if they are to. */
  private static final Duration RUNS_FOR = Duration.ofSeconds(3);

  private final Host host;
  private final Stand stand;
  private final CgroupMount mount;
  private final TrialRoom room;

  TrialRestore(Host host, Stand stand, CgroupMount mount) {
    this.host = host;
    this.stand = stand;
    this.mount = mount;
    this.room = new TrialRoom(host.configuration());
  }

  /**
   * Fails unless the host has the memory for a trial.
   *
   * @throws VpsException NO_SPACE
   */
  void requireMemory(VpsName vps, long bytes) {
    room.requireMemory(vps, bytes);
  }

  /**
   * Makes a trial of a checkpoint; nothing of it is left when this returns.
   *
   * @param origin whose checkpoint it is
   * @param depth RESTORE or RUN; a checkpoint without memory has only a disk to try
   * @throws VpsException CHECKPOINT_CORRUPT, RESUME_FAILED or ARCHIVE_REFUSED if it cannot be
   *     restored; other codes say nothing about it
   */
  void run(StoredVps origin, StoredCheckpoint stored, VerifyDepth depth, Span span) {
    VpsName name =
        VpsName.reserved(Long.toString(ThreadLocalRandom.current().nextLong(1L << 60), 36));
    VpsSpec spec = origin.spec();
    room.require(spec.name(), stored.manifest());
    StoredVps guest =
        new StoredVps(
            new VpsSpec(
                name, spec.template(), spec.limits(), spec.address(), spec.mac(), List.of()),
            origin.hostIdBase(),
            origin.templateDigest());
    try (TemplateUse _ = host.templates().use(spec.template());
        Trial trial = new Trial(spec.name(), guest, stored, depth, span)) {
      trial.run();
    }
  }

  /** Removes what trials have left that did not come to their end. */
  void recover() {
    Path all = DurableFiles.folder(VpsFolder.trials(host.configuration()), "rwx------");
    try (DirectoryStream<Path> found = Files.newDirectoryStream(all)) {
      for (Path each : found) {
        recover(each.getFileName().toString());
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot list " + all, e);
    }
  }

  /** What cannot be removed must not keep the hook from its VPSes. */
  private void recover(String name) {
    try {
      VpsName trial = new VpsName(name);
      if (!trial.isReserved()) { // its control groups may be those of a VPS
        throw new IllegalStateException("it has no name of a trial");
      }
      VpsFolder folder = VpsFolder.ofTrial(host.configuration(), trial);
      Leftovers.await(folder, LEFTOVERS_END);
      remove(folder);
      LOG.info("trial={} had not come to its end, and is removed", name);
    } catch (RuntimeException e) {
      LOG.error("trial={} cannot be removed: {}, continuing with it", name, e.getMessage(), e);
    }
  }

  private void remove(VpsFolder folder) {
    stand.down(folder);
    DurableFiles.deleteTree(folder.state());
  }

  private final class Trial implements AutoCloseable {
    private final VpsName origin;
    private final StoredVps guest;
    private final VpsFolder folder;
    private final StoredCheckpoint stored;
    private final VerifyDepth depth;
    private final Span span;
    private final Path log;
    private List<SavedProcess> saved = List.of();

    /** Why we told the engine not to go on; null if we did not, or all was well. */
    private volatile VpsException veto;

    private volatile boolean passed;

    Trial(VpsName origin, StoredVps guest, StoredCheckpoint stored, VerifyDepth depth, Span span) {
      this.origin = origin;
      this.guest = guest;
      this.folder = VpsFolder.ofTrial(host.configuration(), guest.spec().name());
      this.stored = stored;
      this.depth = depth;
      this.span = span;
      this.log = folder.log("resume");
    }

    void run() {
      try {
        DurableFiles.folder(folder.state(), "rwx------");
        span.phase("trial disk", 5);
        VpsDisk.restore(folder, guest, stored);
        stand.up(folder, guest);
        if (!stored.manifest().hasMemory()) {
          return;
        }
        span.phase("trial memory", 30);
        saved =
            ImageFolder.write(
                stored, folder.images(), guest.hostIdBase(), ImageFolder.whole(stored));
      } catch (ArchiveException e) {
        throw ArchiveFailures.whileReading(e);
      } catch (IOException e) {
        throw DurableFiles.failed("cannot prepare a trial restore", e);
      }
      host.cgroups().prepareRestore(guest, folder.images());
      DurableFiles.folder(log, "rwx------");
      EngineOptions.restore(folder.engineAction(), host.cgroups().engineRoot(folder.name()))
          .write(folder.engineOptions());
      span.operation().checkCancelled();
      span.phase("trial restore", 60);
      Faults.at("verify.before-restore");
      OptionalLong initPid = restore();
      Faults.at("verify.after-restore");
      initPid.ifPresent(this::requireToRun);
      span.phase("trial ends", 90);
    }

    /** PID 1, if it runs now. */
    private OptionalLong restore() {
      try (var _ = mount.hold();
          var _ = host.relay().expect(folder.name(), this::reached)) {
        return OptionalLong.of(host.conmon().restore(folder, folder.images(), log, LONGEST));
      } catch (VpsException e) {
        if (passed) {
          return OptionalLong.empty(); // it failed because we said so, at the very end
        }
        throw RestoreFailure.of(what(), Optional.ofNullable(veto), e, log, "");
      }
    }

    private String what() {
      return "checkpoint '%s' of VPS '%s' cannot be restored"
          .formatted(stored.manifest().checkpoint().id(), origin);
    }

    private void reached(String stage, long initPid) {
      try {
        span.operation().checkCancelled();
        switch (stage) {
          case "createRuntime" -> {
            host.network().plugNowhere(guest.spec(), initPid);
            GuestNetwork.read(folder.images()).restore(initPid);
          }
          case "pre-restore" -> host.cgroups().beforeRestore(guest, folder.images());
          case "post-setup-namespaces" -> host.cgroups().afterNamespaces(guest, folder.images());
          case "post-restore" -> requireSame();
          default -> {
            // the engine's own business, see ResumeVps
          }
        }
      } catch (VpsException e) {
        veto = e;
        throw e;
      }
      if (stage.equals("post-restore") && depth != VerifyDepth.RUN) {
        passed = true;
        throw new VpsException(
            Code.CANCELLED, "the trial restore ends here", "all is as it was saved", "");
      }
    }

    /** The tasks are there but have not run. */
    private void requireSame() {
      Faults.at("verify.before-compare");
      host.cgroups().afterRestore(guest);
      try {
        new RestoredProcesses(Path.of("/proc"), host.cgroups().processes(folder.name()))
            .difference(saved, folder.images())
            .ifPresent(difference -> {
              throw failed(difference);
            });
      } catch (IOException e) {
        throw DurableFiles.failed("cannot look at restored processes", e);
      }
      Faults.at("verify.after-compare");
    }

    private void requireToRun(long initPid) {
      span.phase("trial run", 80);
      try (Pidfd init = Pidfd.open(initPid)) {
        if (init.awaitExit(RUNS_FOR)) {
          throw failed(
              "its first process ended within %d seconds of running"
                  .formatted(RUNS_FOR.toSeconds()));
        }
      } catch (NativeException e) { // ESRCH
        throw failed("its first process ended at once");
      }
    }

    private VpsException failed(String why) {
      return new VpsException(Code.RESUME_FAILED, what(), why, "");
    }

    @Override
    public void close() {
      remove(folder);
    }
  }
}
