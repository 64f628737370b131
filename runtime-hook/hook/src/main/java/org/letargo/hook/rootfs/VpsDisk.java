package org.letargo.hook.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.ContentSink;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.disk.DiskCapture;
import org.letargo.archive.disk.DiskChanges;
import org.letargo.archive.disk.DiskChangesReader;
import org.letargo.archive.disk.DiskLimits;
import org.letargo.archive.disk.DiskReads;
import org.letargo.archive.disk.FileId;
import org.letargo.archive.disk.FileKeeper;
import org.letargo.archive.disk.IdRange;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.VpsFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Saves the disk changes of a VPS into a checkpoint and puts them back. */
public final class VpsDisk {
  private static final Logger LOG = LoggerFactory.getLogger(VpsDisk.class);

  /** Kept free when changes are unpacked. */
  private static final long SPARE_BYTES = 64L << 20;

  /** A disk of small files needs as many inodes; ext4 makes one for 16 KiB. */
  private static final long BYTES_PER_ENTRY = 4096;

  private static final String NEW = "disk.new";
  private static final String OLD = "disk.old";

  private VpsDisk() {}

  /**
   * Puts what has changed since the last capture into the store, while the VPS runs; {@link
   * #capture} then has little to read.
   *
   * @param busy finds the inodes that processes of the VPS can write to
   */
  public static void scan(
      VpsFolder folder, StoredVps stored, CheckpointWriter checkpoint, Supplier<Set<Long>> busy)
      throws IOException {
    DiskReads reads =
        capturing(folder, stored)
            .scan(folder.upper(), checkpoint, () -> onDiskOf(folder, busy.get()));
    LOG.debug("vps={} disk scanned: {}", folder.name(), reads);
  }

  /**
   * Hands on what is on the disk, while the VPS runs; what {@link #scan} and {@link #hold} know
   * stays as it is.
   *
   * @param index a file that is the caller's alone: what is known from the last time with it is
   *     only named
   * @param busy finds the inodes that processes of the VPS can write to
   */
  public static void scanAhead(
      VpsFolder folder, StoredVps stored, ContentSink sink, Path index, Supplier<Set<Long>> busy)
      throws IOException {
    DiskReads reads =
        new DiskCapture(new LinuxFileSystemCalls(), new IdRange(stored.hostIdBase()), index)
            .scanAhead(folder.upper(), sink, () -> onDiskOf(folder, busy.get()));
    LOG.debug("vps={} disk sent ahead: {}", folder.name(), reads);
  }

  /**
   * Takes the disk into a checkpoint; nobody may write to it until this returns.
   *
   * @param mapped inodes that processes of the VPS have mapped shared and writable
   * @param soon whether this is to return soon: then large files are kept and read later, where
   *     their file system can do that
   * @return to be finished, and closed
   * @throws org.letargo.archive.ArchiveException NOT_CAPTURABLE, naming the file that cannot be
   *     saved
   */
  public static HeldDisk hold(
      VpsFolder folder,
      StoredVps stored,
      CheckpointWriter checkpoint,
      Set<Long> mapped,
      boolean soon)
      throws IOException {
    Optional<SharedBlocks> blocks =
        soon ? Optional.of(new SharedBlocks(HeldDisk.place(folder))) : Optional.empty();
    try {
      FileKeeper keeper = blocks.isPresent() ? blocks.get() : FileKeeper.NONE;
      DiskCapture.Held held =
          capturing(folder, stored)
              .hold(folder.upper(), checkpoint, onDiskOf(folder, mapped), keeper);
      return new HeldDisk(folder, held, blocks);
    } catch (IOException | RuntimeException e) {
      blocks.ifPresent(SharedBlocks::close);
      throw e;
    }
  }

  /** Whether disks in this folder can be held without reading all that has changed. */
  public static boolean canKeep(Path place) {
    return SharedBlocks.workIn(place);
  }

  /**
   * Has what programs have written go to the disk, so that keeping a file does not wait for it;
   * while the VPS runs.
   */
  public static void settle(VpsFolder folder) throws IOException {
    new LinuxFileSystemCalls().syncFileSystem(folder.disk());
  }

  /** What is known of the disk goes with it when it is replaced. */
  private static DiskCapture capturing(VpsFolder folder, StoredVps stored) {
    return new DiskCapture(
        new LinuxFileSystemCalls(),
        new IdRange(stored.hostIdBase()),
        folder.disk().resolve("index"));
  }

  private static Set<FileId> onDiskOf(VpsFolder folder, Set<Long> inodes) throws IOException {
    long device = new LinuxFileSystemCalls().status(folder.upper()).id().device();
    return inodes.stream().map(inode -> new FileId(device, inode)).collect(Collectors.toSet());
  }

  /**
   * Replaces the disk by the changes in a checkpoint, which is trusted in nothing. The old disk is
   * there until the new one is complete and durable.
   *
   * @throws org.letargo.archive.ArchiveException if they ask for what no checkpoint may ask, or are
   *     damaged
   */
  public static void restore(VpsFolder folder, StoredVps stored, StoredCheckpoint checkpoint)
      throws IOException {
    Path made = folder.state().resolve(NEW);
    DurableFiles.deleteTree(made);
    RootFileSystem.create(made, stored);
    long freeBytes = Math.max(0, Files.getFileStore(made).getUsableSpace() - SPARE_BYTES);
    new DiskChangesReader(
            new LinuxFileSystemCalls(),
            new IdRange(stored.hostIdBase()),
            new DiskLimits(Math.max(1024, freeBytes / BYTES_PER_ENTRY), freeBytes))
        .apply(
            checkpoint.file(DiskChanges.TAR).stream(),
            checkpoint.file(DiskChanges.DELETED).stream(),
            made.resolve(folder.upper().getFileName()));
    Path old = folder.state().resolve(OLD);
    DurableFiles.deleteTree(old);
    if (Files.exists(folder.disk())) {
      DurableFiles.rename(folder.disk(), old);
    }
    DurableFiles.rename(made, folder.disk());
    DurableFiles.deleteTree(old);
  }

  /** Ends what a hook that died has left of {@link #restore}: there is one disk, the new or old. */
  public static void recover(VpsFolder folder) {
    Path made = folder.state().resolve(NEW);
    if (!Files.exists(folder.disk()) && Files.exists(made)) {
      DurableFiles.rename(made, folder.disk()); // the old one had made room, so it is complete
    }
    DurableFiles.deleteTree(made);
    DurableFiles.deleteTree(folder.state().resolve(OLD));
    DurableFiles.deleteTree(HeldDisk.place(folder));
  }
}
