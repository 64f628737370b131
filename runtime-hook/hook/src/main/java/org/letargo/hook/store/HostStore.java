package org.letargo.hook.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.store.pack.PackStore;
import org.letargo.archive.store.pack.PackStoreOptions;
import org.letargo.hook.durable.DurableFiles;

/** The store of this host, open as long as the hook runs. */
public final class HostStore implements AutoCloseable {
  private static final long MAX_FREE_BYTES = 256L << 20;

  private final PackStore packs;
  private final CheckpointStore checkpoints;
  private final Collector collector;

  private HostStore(PackStore packs, CheckpointStore checkpoints) {
    this.packs = packs;
    this.checkpoints = checkpoints;
    this.collector = new Collector(checkpoints);
  }

  /**
   * How the store works on a disk of this size: it leaves a fiftieth of it free, 256 MiB at most,
   * for the host and the disks of the VPSes.
   */
  private static PackStoreOptions options(Path folder) throws IOException {
    long fiftieth = Files.getFileStore(folder).getTotalSpace() / 50;
    return PackStoreOptions.defaults().withMinFreeBytes(Math.min(MAX_FREE_BYTES, fiftieth));
  }

  /**
   * Opens it, or makes it.
   *
   * @throws org.letargo.hook.protocol.VpsException if it cannot be opened
   */
  public static HostStore open(Path folder) {
    try {
      DurableFiles.folder(folder, "rwx------");
      PackStore packs = PackStore.open(folder, options(folder));
      try {
        return new HostStore(packs, CheckpointStore.open(packs, folder.resolve("checkpoints")));
      } catch (IOException | RuntimeException e) {
        packs.close();
        throw e;
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot open the store", e);
    }
  }

  /** The chunks below the checkpoints: their state and care. */
  public PackStore packs() {
    return packs;
  }

  /** What is in it. */
  public CheckpointStore checkpoints() {
    return checkpoints;
  }

  /** Says that a checkpoint has gone: what only it needed is removed before long. */
  public void collectSoon() {
    collector.wake();
  }

  @Override
  public void close() throws IOException {
    collector.close();
    packs.close();
  }
}
