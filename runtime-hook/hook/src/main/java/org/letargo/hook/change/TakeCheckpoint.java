package org.letargo.hook.change;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.HostDescription;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.criu.EngineStatistics;
import org.letargo.hook.cgroup.CgroupMount;
import org.letargo.hook.command.Command;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.pages.PageBuffers;
import org.letargo.hook.pages.PageProtocol;
import org.letargo.hook.pages.PageReceiver;
import org.letargo.hook.pages.PeerProgram;
import org.letargo.hook.preflight.Preflight;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VerifyDepth;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.rootfs.HeldDisk;
import org.letargo.hook.runtime.InitProcess;
import org.letargo.hook.store.MemoryIntake;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a checkpoint of a VPS that has processes. The engine freezes it and sends its memory
 * straight into the store; at the engine's stage {@code post-dump}, with everything still frozen,
 * the disk is captured. What then happens depends on whether the VPS is to go on:
 *
 * <pre>
 *  suspend: nothing may be lost            checkpoint: nobody may wait
 *
 *  freeze, memory -> store                 freeze, memory -> buffers -> store
 *  post-dump: disk, all durable, manifest  post-dump: disk
 *  if wanted: a trial restore of it
 *  the engine kills the VPS                the engine lets the VPS go on
 *                                          rest of the memory, all durable, manifest
 * </pre>
 *
 * Whatever fails before the manifest is there, the VPS runs on and the store has no checkpoint.
 */
final class TakeCheckpoint {
  private static final Logger LOG = LoggerFactory.getLogger(TakeCheckpoint.class);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration LAST_ANSWER = Duration.ofMinutes(1);

  /** What is kept free on the store's disk beside the checkpoint. */
  private static final long SPARE_BYTES = 64L << 20;

  /** A dump that fails for what tends to pass is made again, until so much time has gone by. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Memory on its way to the store while a VPS is suspended. */
  private static final long PASSING_BYTES = 64L << 20;

  private final Host host;
  private final CheckpointFiles files;
  private final CgroupMount mount;
  private final Clearance clearance;
  private final VerifyCheckpoint verify;
  private final TrialRestore trial;
  private final AbortedDump aborted;

  TakeCheckpoint(
      Host host,
      CheckpointFiles files,
      CgroupMount mount,
      Clearance clearance,
      VerifyCheckpoint verify,
      TrialRestore trial) {
    this.host = host;
    this.files = files;
    this.mount = mount;
    this.clearance = clearance;
    this.verify = verify;
    this.trial = trial;
    this.aborted = new AbortedDump(host);
  }

  /**
   * Refuses a VPS whose processes stand still and cannot be saved so.
   *
   * @throws VpsException with the obstacles
   */
  void require(Vps vps, String verb) {
    clearance.require(vps, verb);
  }

  /**
   * Takes one and kills the processes.
   *
   * @param before running or paused: what the VPS is again if this fails
   * @param settle makes the VPS suspended in it; called when all is durable and before they die. If
   *     something still goes wrong then, the VPS runs on and {@code unsettle} is called
   */
  TimelineEntry killing(
      Vps vps,
      Operation operation,
      CheckpointWish wish,
      VpsStatus before,
      long initPid,
      Consumer<TimelineEntry> settle,
      Runnable unsettle) {
    return new Taking(vps, operation, wish, before, false, settle, unsettle).run(initPid);
  }

  /** Takes one and lets the processes go on. */
  TimelineEntry leavingRunning(
      Vps vps, Operation operation, CheckpointWish wish, VpsStatus before, long initPid) {
    return new Taking(vps, operation, wish, before, true, _ -> {}, () -> {}).run(initPid);
  }

  private final class Taking {
    private final Vps vps;
    private final VpsFolder folder;
    private final Operation operation;
    private final CheckpointWish wish;
    private final VpsStatus before;
    private final boolean goesOn;
    private final Consumer<TimelineEntry> settle;
    private final Runnable unsettle;
    private final Path images;
    private final Path work;
    private HostDescription taker;

    /** While the engine works. */
    private volatile CheckpointWriter writer;

    private volatile MemoryIntake intake;
    private volatile PageReceiver receiver;

    private volatile Instant takenAt;
    private volatile Optional<HeldDisk> disk = Optional.empty();
    private volatile TimelineEntry entry;

    /** What the memory may take; before the dump. */
    private long memoryBytes;

    /** Whether anything was done to the processes: otherwise there is nothing to undo of them. */
    private boolean touched;

    /** Why we told the engine not to go on; null if we did not. */
    private volatile VpsException veto;

    private volatile boolean terminalsAreBack;

    Taking(
        Vps vps,
        Operation operation,
        CheckpointWish wish,
        VpsStatus before,
        boolean goesOn,
        Consumer<TimelineEntry> settle,
        Runnable unsettle) {
      this.vps = vps;
      this.folder = vps.folder();
      this.operation = operation;
      this.wish = wish;
      this.before = before;
      this.goesOn = goesOn;
      this.settle = settle;
      this.unsettle = unsettle;
      this.images = folder.images();
      this.work = folder.log(verb());
    }

    private String verb() {
      return goesOn ? "checkpoint" : "suspend";
    }

    TimelineEntry run(long initPid) {
      host.loadings().await(vps, operation);
      InitProcess init = host.runc().initProcess(folder.name()).orElseThrow();
      long endNanos = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        Optional<VpsException> failure = attempt(initPid, init);
        if (failure.isEmpty()) {
          return entry;
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
    private Optional<VpsException> attempt(long initPid, InitProcess init) {
      try {
        if (before instanceof VpsStatus.Paused && !goesOn) {
          touched = true;
          host.runc().unpause(folder.name()); // the engine freezes it again by itself
        }
        terminalsAreBack = false;
        prepare(initPid);
        Faults.at(goesOn ? "checkpoint.before-dump" : "suspend.before-dump");
        Command.Result result = dump();
        if (goesOn ? result.ok() : hasEnded(init, result)) {
          return Optional.empty();
        }
        VpsException failure = failure(result);
        rollBack(init);
        return Optional.of(failure);
      } catch (IOException e) {
        rollBack(init);
        throw vetoed(DurableFiles.failed("cannot write the checkpoint", e));
      } catch (ArchiveException e) {
        rollBack(init);
        throw vetoed(ArchiveFailures.whileTaking(e));
      } catch (RuntimeException e) {
        rollBack(init);
        throw e;
      } finally {
        DurableFiles.deleteTree(images);
      }
    }

    /**
     * Not what runc says but what is: an answer of ours that did not arrive lets the VPS run on;
     * but nothing of one that an engine has left frozen has run since.
     */
    private boolean hasEnded(InitProcess init, Command.Result result) {
      return entry != null
          && (result.ok() || !init.isAlive() || host.runc().isPaused(folder.name()));
    }

    /** Never once we have vetoed: the engine had come to its end. */
    private boolean isTransient(VpsException failure) {
      return veto == null && Clearance.isTransient(failure);
    }

    /** Says how far it is; a second attempt does not go back. */
    private void phase(String name, int percent) {
      operation.phase(name, Math.max(percent, operation.progress().percent()));
    }

    private Command.Result dump() throws IOException {
      phase("disk", 10);
      try (CheckpointWriter checkpoint = host.store().checkpoints().begin();
          PageBuffers buffers =
              new PageBuffers(goesOn ? host.store().frozenBuffer().bytes() : PASSING_BYTES);
          MemoryIntake memory = new MemoryIntake(checkpoint);
          PageReceiver pages = PageReceiver.open(setup(memory, buffers));
          var _ = mount.hold();
          var _ = host.cgroups().helpToFreeze(folder.name());
          var _ = host.relay().expect(folder.name(), this::reached)) {
        writer = checkpoint;
        intake = memory;
        receiver = pages;
        files.scanDisk(vps, checkpoint);
        if (goesOn) {
          files.settleDisk(vps);
        }
        buffers.prepare(memoryBytes);
        phase("dump", 20);
        touched = true;
        Command.Result result =
            host.runc()
                .checkpoint(folder, images, work, pages.address(), goesOn)
                .timeout(LONGEST)
                .run();
        if (goesOn && result.ok()) {
          phase("store", 70);
          Faults.at("checkpoint.after-thaw");
          complete();
        } else if (!result.ok() && veto == null) {
          memory.failure().ifPresent(cause -> veto = notStored(cause));
        }
        return result;
      } finally {
        disk.ifPresent(HeldDisk::close);
        disk = Optional.empty();
      }
    }

    private PageReceiver.Setup setup(MemoryIntake memory, PageBuffers buffers) {
      return new PageReceiver.Setup(
          PageProtocol.of(host.engine().version()),
          images,
          memory,
          buffers,
          new PeerProgram(host.engine().program()),
          PageReceiver.PATIENCE);
    }

    private void prepare(long initPid) {
      phase("preflight", 5);
      vps.timeline().requireFree(wish.label(), wish.id());
      memoryBytes = host.cgroups().memoryToSave(folder.name()).bytes();
      if (wish.needsTrial()) {
        trial.requireMemory(folder.name(), memoryBytes);
      }
      makeSpace();
      Preflight.Look look =
          before instanceof VpsStatus.Paused && goesOn
              ? clearance.require(vps, verb()) // it stays frozen: what would pass does not
              : clearance.await(vps, verb(), operation);
      taker = files.describeHost(true);
      DumpPreparation.make(host, vps, look, initPid, work);
      operation.checkCancelled();
    }

    /**
     * What the store does not need any more goes, if there is not plenty of room for the memory.
     */
    private void makeSpace() {
      try {
        if (2 * memoryBytes + SPARE_BYTES > host.store().room().bytes()) {
          host.store().checkpoints().collect();
        }
      } catch (IOException e) {
        throw DurableFiles.failed("cannot tidy up the store", e);
      }
    }

    private void reached(String stage, long initPid) {
      switch (stage) {
        case "pre-dump" -> phase("dump", 30);
        case "post-dump" -> frozen();
        default -> {
          // network-lock, network-unlock: the engine's own business
        }
      }
    }

    /** Everything is frozen and all images are written: the last moment to say no. */
    private void frozen() {
      try {
        phase("commit", 60);
        if (goesOn || wish.verify().isEmpty()) {
          operation.commit();
        }
        receiver.await(LAST_ANSWER);
        takenAt = Instant.now();
        host.cgroups().save(vps.stored(), images);
        disk = Optional.of(files.holdDisk(vps, writer, goesOn));
        Faults.at(goesOn ? "checkpoint.before-commit" : "suspend.before-commit");
        if (!goesOn) {
          complete();
          wish.verify().ifPresent(this::verifyFrozen);
          settle.accept(entry);
          Faults.at("suspend.after-commit");
        }
      } catch (VpsException e) {
        throw refused(e);
      } catch (ArchiveException e) {
        throw refused(ArchiveFailures.whileTaking(e));
      } catch (IOException e) {
        throw refused(DurableFiles.failed("cannot write the checkpoint", e));
      } catch (RuntimeException e) {
        throw refused(VpsException.internal("cannot write the checkpoint", e));
      }
    }

    private VpsException refused(VpsException why) {
      veto = why;
      giveBackTerminals();
      return why;
    }

    /** Where the VPS was to go on the engine has done so itself. */
    private void giveBackTerminals() {
      if (!goesOn && !terminalsAreBack) {
        terminalsAreBack = true;
        TakenTerminals.giveBack(folder.name(), images, host.cgroups().processes(folder.name()));
      }
    }

    /** The original stands still until it is known that it can be restored. */
    private void verifyFrozen(VerifyDepth depth) {
      Faults.at("suspend.before-verify");
      verify.verify(vps, wish.id(), depth, new Span(operation, 62, 94));
      Faults.at("suspend.after-verify");
      operation.commit();
    }

    private static VpsException notStored(Throwable cause) {
      return cause instanceof IOException failed
          ? DurableFiles.failed("cannot store the memory", failed)
          : VpsException.internal("cannot store the memory", cause);
    }

    /** Makes the checkpoint durable and, if it is for it, enters it into the timeline. */
    private void complete() throws IOException {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(images)) {
        for (Path file : found) {
          try (InputStream content = Files.newInputStream(file)) {
            writer.file(CheckpointFiles.IMAGES + "/" + file.getFileName(), content);
          }
        }
      }
      long diskBytes = disk.orElseThrow().finish();
      intake.await();
      long savedBytes = receiver.await(LAST_ANSWER).bytes();
      Duration stoodStill = goesOn ? EngineStatistics.frozen(work) : Duration.ZERO;
      entry =
          files.commit(
              vps,
              wish,
              new CheckpointFiles.Taken(takenAt, taker, savedBytes, diskBytes, stoodStill),
              writer);
      Faults.at(goesOn ? "checkpoint.after-manifest" : "suspend.after-manifest");
      files.requireImagesFit(wish.id(), images);
      if (wish.isForTheTimeline()) {
        vps.timeline().add(entry);
      }
      Faults.at(goesOn ? "checkpoint.after-timeline" : "suspend.after-timeline");
    }

    /**
     * The VPS is what it was, as if nothing had been; one that died meanwhile is taken down later.
     */
    private void rollBack(InitProcess init) {
      if (touched) {
        if (init.isAlive()) {
          giveBackTerminals(); // if the engine failed after it had read them, and did not ask us
        }
        aborted.recover(vps, init, before);
      }
      unsettle.run();
      files.drop(vps, wish.id());
      giveBackSpace();
    }

    /** On a disk that has become full, others wait for what we have written in vain. */
    private void giveBackSpace() {
      try {
        if (Files.getFileStore(folder.state()).getUsableSpace() < SPARE_BYTES) {
          host.store().checkpoints().collect();
        }
      } catch (IOException | ArchiveException e) {
        LOG.warn("vps={} {}, continuing with what it left", folder.name(), e.toString());
      }
    }

    private String after() {
      return before instanceof VpsStatus.Paused ? "The VPS is paused." : "The VPS runs on.";
    }

    private VpsException vetoed(VpsException cause) {
      return new VpsException(
          cause.code(),
          "cannot " + verb() + " VPS '" + folder.name() + "'",
          cause.code() == Code.CANCELLED ? cause.why() : cause.what() + ": " + cause.why(),
          (cause.remedy() + " " + after()).strip(),
          cause);
    }

    private VpsException failure(Command.Result result) {
      if (veto != null) {
        return vetoed(veto);
      }
      return DumpFailure.of(folder, verb(), work, result);
    }
  }
}
