package org.letargo.hook.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.letargo.archive.disk.DiskChanges;
import org.letargo.archive.disk.DiskChangesReader;
import org.letargo.archive.disk.DiskChangesWriter;
import org.letargo.archive.disk.DiskLimits;
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

  private VpsDisk() {}

  /**
   * Saves the changes; nobody may write to the disk meanwhile.
   *
   * @param directory the checkpoint's
   * @return bytes of data saved
   */
  public static long capture(VpsFolder folder, StoredVps stored, Path directory)
      throws IOException {
    DiskChanges saved =
        new DiskChangesWriter(new LinuxFileSystemCalls(), new IdRange(stored.hostIdBase()))
            .write(folder.upper(), directory);
    if (!saved.skippedSockets().isEmpty()) {
      LOG.debug("vps={} sockets that are not saved: {}", folder.name(), saved.skippedSockets());
    }
    return saved.dataBytes();
  }

  /**
   * Replaces the disk by the changes in a checkpoint, which is trusted in nothing.
   *
   * @throws org.letargo.archive.ArchiveException if they ask for what no checkpoint may ask
   */
  public static void restore(VpsFolder folder, StoredVps stored, Path directory)
      throws IOException {
    DurableFiles.deleteTree(folder.disk());
    RootFileSystem.create(folder, stored);
    long freeBytes = Math.max(0, Files.getFileStore(folder.disk()).getUsableSpace() - SPARE_BYTES);
    new DiskChangesReader(
            new LinuxFileSystemCalls(),
            new IdRange(stored.hostIdBase()),
            new DiskLimits(Math.max(1024, freeBytes / BYTES_PER_ENTRY), freeBytes))
        .apply(directory, folder.upper());
  }
}
