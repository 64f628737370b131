package org.letargo.hook.change;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.HostDescription;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.PagesWriter;
import org.letargo.archive.criu.MemoryLayout;
import org.letargo.hook.cgroup.CgroupMount;
import org.letargo.hook.command.Command;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.loan.FrozenMemory;
import org.letargo.hook.loan.LentWindows;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.preflight.Preflight;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.rootfs.HeldDisk;
import org.letargo.hook.runtime.InitProcess;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;

/**
 * Brings a VPS to a stand so that it can go on elsewhere before its memory is there. Its processes
 * stay where they are, frozen; all that is not private memory becomes a checkpoint in the store,
 * which is in no timeline and no good without them.
 *
 * <pre>
 *   engine (--lazy-pages)             we
 *   freezes, saves, frees the
 *     processes of its code
 *   post-dump                  ---&gt;   freeze them ourselves; network down; terminals given back;
 *                                     disk captured, checkpoint durable
 *                              &lt;---   no
 *   lets go of the network
 *     and of the connections
 *   status-ready               ---&gt;
 *                              &lt;---   no
 *   lets go of the processes          they are frozen, and ours
 * </pre>
 *
 * To say no is what keeps the VPS safe: an engine that is told yes serves the memory itself, to
 * whoever comes first from anywhere, and kills the processes as soon as that one has hung up
 * (page_server_serve in its page-xfer.c). So it is let down twice, and what is left of it is a VPS
 * that is frozen as any other, whatever becomes of the hook.
 */
final class LendVps {
  private static final String VERB = "migrate";
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Duration LONGEST_FREEZE = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
  private static final String PAGEMAPS = "pagemap-*.img";
  private static final String PAGES = "pages-";

  private final Host host;
  private final CheckpointFiles files;
  private final CgroupMount mount;
  private final Clearance clearance;
  private final AbortedDump aborted;

  LendVps(Host host, CheckpointFiles files, CgroupMount mount, Clearance clearance) {
    this.host = host;
    this.files = files;
    this.mount = mount;
    this.clearance = clearance;
    this.aborted = new AbortedDump(host);
  }

  /**
   * Brings it to a stand, as a part of a migration; it is paused then, and its network is down. If
   * this fails it goes on as before.
   *
   * @throws VpsException as a suspension; WRONG_STATE if it has no processes
   */
  Lent lend(Vps vps, MigrationId migration, Operation operation) {
    CheckpointWish wish = CheckpointWish.of(CheckpointKind.MIGRATE);
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.LEND, Optional.of(wish.id()), migration)) {
      long initPid =
          switch (vps.status()) {
            case VpsStatus.Running running -> running.initPid();
            case VpsStatus.Paused paused -> paused.initPid();
            case VpsStatus.Stopped _, VpsStatus.Suspended _ ->
                throw VpsException.wrongState(
                    vps.spec().name(), VERB, vps.status().word(), "Use the mode 'stop'.");
          };
      Lent lent = new Lending(vps, operation, wish, initPid).run();
      change.become(new VpsStatus.Paused(initPid, lent.state().checkpoint().takenAt()));
      return lent;
    }
  }

  /** The processes go on if they ran, and the network with them. */
  void goOn(Vps vps, boolean wasRunning, Vps.Change change) {
    host.network().raise(vps.spec());
    if (wasRunning && vps.status() instanceof VpsStatus.Paused(long initPid, var _)) {
      host.cgroups().thaw(vps.spec().name());
      change.become(new VpsStatus.Running(initPid, Instant.now()));
    }
  }

  /** The memory of the processes, which stand still; the caller closes it. */
  FrozenMemory memory(Vps vps) {
    Map<Long, Long> pids = new HashMap<>();
    for (long hostPid : host.cgroups().processes(vps.spec().name())) {
      Preflight.processOf(hostPid).ifPresent(process -> pids.put((long) process.pid(), hostPid));
    }
    try {
      return FrozenMemory.open(pids);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot open the memory of VPS '" + vps.spec().name() + "'", e);
    }
  }

  private final class Lending {
    private final Vps vps;
    private final VpsFolder folder;
    private final Operation operation;
    private final CheckpointWish wish;
    private final VpsStatus before;
    private final long initPid;
    private final Path images;
    private final Path work;
    private HostDescription taker;
    private boolean touched;

    /** While the engine works. */
    private volatile CheckpointWriter writer;

    private volatile Optional<TimelineEntry> entry = Optional.empty();

    /** Why it was no use to go on; null if we only told the engine so. */
    private volatile VpsException veto;

    Lending(Vps vps, Operation operation, CheckpointWish wish, long initPid) {
      this.vps = vps;
      this.folder = vps.folder();
      this.operation = operation;
      this.wish = wish;
      this.before = vps.status();
      this.initPid = initPid;
      this.images = folder.images();
      this.work = folder.log("lend");
    }

    Lent run() {
      host.loadings().await(vps, operation);
      InitProcess init = host.runc().initProcess(folder.name()).orElseThrow();
      long endNanos = System.nanoTime() + PATIENCE.toNanos();
      while (true) {
        try {
          return attempt(init);
        } catch (VpsException e) {
          rollBack(init);
          if (System.nanoTime() >= endNanos || !isTransient(e) || !init.isAlive()) {
            throw e;
          }
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
        operation.checkCancelled();
        Clearance.pause();
      }
    }

    private boolean isTransient(VpsException failure) {
      return veto == null && Clearance.isTransient(failure);
    }

    private Lent attempt(InitProcess init) throws IOException {
      prepare();
      Faults.at("lend.before-dump");
      Command.Result result = dump();
      if (veto != null) {
        throw vetoed(veto);
      }
      if (entry.isEmpty() || !init.isAlive()) {
        throw DumpFailure.of(folder, VERB, work, result);
      }
      awaitFrozen();
      Faults.at("lend.frozen");
      return new Lent(entry.get(), LentWindows.of(images));
    }

    private void prepare() {
      operation.phase("preflight", 5);
      Preflight.Look look =
          before instanceof VpsStatus.Paused
              ? clearance.require(vps, VERB)
              : clearance.await(vps, VERB, operation);
      taker = files.describeHost(true);
      DumpPreparation.make(host, vps, look, initPid, work);
      operation.checkCancelled();
    }

    private Command.Result dump() throws IOException {
      operation.phase("disk", 10);
      try (CheckpointWriter checkpoint = host.store().checkpoints().begin();
          var _ = mount.hold();
          var _ = host.cgroups().helpToFreeze(folder.name());
          var _ = host.relay().expect(folder.name(), this::reached)) {
        writer = checkpoint;
        files.scanDisk(vps, checkpoint);
        operation.phase("freeze", 20);
        touched = true;
        return host.runc().checkpointWithoutMemory(folder, images, work).timeout(LONGEST).run();
      }
    }

    private void reached(String stage, long pid) {
      switch (stage) {
        case "post-dump" -> {
          frozen();
          throw enough();
        }
        case "status-ready" -> throw enough();
        default -> {
          // pre-dump, network-lock, network-unlock: the engine's own business
        }
      }
    }

    /** Goes into the engine's log as the reason why it stops. */
    private static VpsException enough() {
      return new VpsException(
          Code.CANCELLED, "the engine is needed no more", "the memory stays where it is", "");
    }

    /** Everything is frozen by the engine, and all images are written. */
    private void frozen() {
      try {
        host.cgroups().freeze(folder.name());
        host.network().lower(vps.spec());
        Instant takenAt = Instant.now();
        host.cgroups().save(vps.stored(), images);
        long diskBytes = captureDisk();
        long memoryBytes = storeImages();
        Faults.at("lend.before-commit");
        operation.checkCancelled();
        entry =
            Optional.of(
                files.commit(
                    vps,
                    wish,
                    new CheckpointFiles.Taken(
                        takenAt, taker, memoryBytes, diskBytes, Duration.ZERO),
                    writer));
        files.requireImagesFit(wish.id(), images);
        TakenTerminals.giveBack(folder.name(), images, host.cgroups().processes(folder.name()));
        Faults.at("lend.after-commit");
      } catch (VpsException e) {
        veto = e;
      } catch (ArchiveException e) {
        veto = ArchiveFailures.whileTaking(e);
      } catch (IOException e) {
        veto = DurableFiles.failed("cannot write the checkpoint", e);
      } catch (RuntimeException e) {
        veto = VpsException.internal("cannot write the checkpoint", e);
      }
    }

    private long captureDisk() throws IOException {
      try (HeldDisk disk = files.holdDisk(vps, writer, false)) {
        return disk.finish();
      }
    }

    /**
     * @return bytes of memory in them
     */
    private long storeImages() throws IOException {
      long bytes = 0;
      try (DirectoryStream<Path> found = Files.newDirectoryStream(images)) {
        for (Path file : found) {
          if (!file.getFileName().toString().startsWith(PAGES)) {
            try (InputStream content = Files.newInputStream(file)) {
              writer.file(CheckpointFiles.IMAGES + "/" + file.getFileName(), content);
            }
          }
        }
      }
      try (DirectoryStream<Path> pagemaps = Files.newDirectoryStream(images, PAGEMAPS)) {
        for (Path pagemap : pagemaps) {
          bytes += storePages(pagemap);
        }
      }
      return bytes;
    }

    private long storePages(Path pagemap) throws IOException {
      MemoryLayout layout;
      try (InputStream in = new BufferedInputStream(Files.newInputStream(pagemap))) {
        layout = MemoryLayout.read(in, pagemap.getFileName().toString());
      }
      String name = layout.pagesFile();
      try (FileChannel content = FileChannel.open(images.resolve(name));
          PagesWriter pages = writer.pages(CheckpointFiles.IMAGES + "/" + name)) {
        MemoryLayout.Windows windows = layout.windows(PagesWriter.WINDOW_BYTES);
        while (windows.next()) {
          ByteBuffer window = ByteBuffer.allocate((int) windows.bytes());
          while (window.hasRemaining()
              && content.read(window, windows.offset() + window.position()) >= 0) {
            // until it is full
          }
          pages.window(window.flip(), () -> {});
        }
        pages.finish();
      }
      return layout.sizeBytes();
    }

    /** The engine has let go of them: those that it traced stand still a moment later. */
    private void awaitFrozen() {
      long endNanos = System.nanoTime() + LONGEST_FREEZE.toNanos();
      while (!host.cgroups().isFrozen(folder.name())) {
        if (System.nanoTime() >= endNanos) {
          throw vetoed(
              new VpsException(
                  Code.HOST_UNFIT,
                  "its processes do not stand still",
                  "the kernel has not frozen them within " + LONGEST_FREEZE.toSeconds() + " s",
                  "Use the mode 'stop'."));
        }
        LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      }
    }

    /** The VPS is what it was, as if nothing had been. */
    private void rollBack(InitProcess init) {
      if (touched) {
        if (init.isAlive()) {
          if (entry.isEmpty()) {
            TakenTerminals.giveBack(folder.name(), images, host.cgroups().processes(folder.name()));
          }
          host.network().raise(vps.spec());
        }
        aborted.recover(vps, init, before);
      }
      entry = Optional.empty();
      files.forget(wish.id());
    }

    private VpsException vetoed(VpsException cause) {
      return new VpsException(
          cause.code(),
          "cannot " + VERB + " VPS '" + folder.name() + "'",
          cause.code() == Code.CANCELLED ? cause.why() : cause.what() + ": " + cause.why(),
          (cause.remedy() + " The VPS runs on.").strip(),
          cause);
    }
  }
}
