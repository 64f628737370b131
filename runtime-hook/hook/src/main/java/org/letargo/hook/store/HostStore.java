package org.letargo.hook.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.store.pack.PackStore;
import org.letargo.archive.store.pack.PackStoreOptions;
import org.letargo.hook.config.StoreSettings;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.VpsException;

/** The store of this host, open as long as the hook runs. */
public final class HostStore implements AutoCloseable {
  private static final long MAX_FREE_BYTES = 256L << 20;

  /** Memory of a VPS that is held on its way to the store, at least. */
  private static final long LEAST_HELD_BYTES = 64L << 20;

  /** What the launcher of the hook allows it outside the heap is a little more. */
  private static final long MOST_HELD_BYTES = 4L << 30;

  private static final int SHARE_OF_FREE_MEMORY = 4;

  private final StoreSettings settings;
  private final PackStore packs;
  private final CheckpointStore checkpoints;
  private final Collector collector;

  private HostStore(StoreSettings settings, PackStore packs, CheckpointStore checkpoints) {
    this.settings = settings;
    this.packs = packs;
    this.checkpoints = checkpoints;
    this.collector = new Collector(checkpoints);
  }

  /**
   * How the store works on a disk of this size: it leaves a fiftieth of it free, 256 MiB at most,
   * for the host and the disks of the VPSes.
   */
  private static PackStoreOptions options(Path folder, StoreSettings settings) throws IOException {
    long fiftieth = Files.getFileStore(folder).getTotalSpace() / 50;
    PackStoreOptions options =
        PackStoreOptions.defaults()
            .withMinFreeBytes(Math.min(MAX_FREE_BYTES, fiftieth))
            .withZstdLevel(settings.zstdLevel())
            .withMaxBytes(settings.budget().map(DataSize::bytes).orElse(Long.MAX_VALUE));
    return settings.keyFile().map(options::encrypted).orElse(options);
  }

  /**
   * Opens it, or makes it.
   *
   * @throws VpsException if it cannot be opened, or is not encrypted and should be
   */
  public static HostStore open(Path folder, StoreSettings settings) {
    try {
      DurableFiles.folder(folder, "rwx------");
      PackStore packs = PackStore.open(folder, options(folder, settings));
      try {
        requireAsWanted(packs, folder, settings);
        return new HostStore(
            settings, packs, CheckpointStore.open(packs, folder.resolve("checkpoints")));
      } catch (IOException | RuntimeException e) {
        packs.close();
        throw e;
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot open the store", e);
    }
  }

  /** Nobody should think that what is written from now on is encrypted, and it is not. */
  private static void requireAsWanted(PackStore packs, Path folder, StoreSettings settings) {
    if (settings.keyFile().isPresent() && !packs.encrypted()) {
      throw new VpsException(
          Code.HOST_UNFIT,
          "cannot open the store " + folder,
          "hook.store.key-file names a key, and the store was made without one",
          "A store is encrypted from its beginning or never: export what you need and begin with"
              + " another state-dir, or remove hook.store.key-file.");
    }
  }

  /**
   * Memory of a VPS that may be held while it stands still: as configured, or a quarter of what is
   * free, 64 MiB at least and 4 GiB at most.
   */
  public DataSize frozenBuffer() {
    if (settings.frozenBuffer().isPresent()) {
      return settings.frozenBuffer().get();
    }
    try {
      return DataSize.ofBytes(
          Math.clamp(
              HostMemory.availableBytes() / SHARE_OF_FREE_MEMORY,
              LEAST_HELD_BYTES,
              MOST_HELD_BYTES));
    } catch (IOException e) {
      throw DurableFiles.failed("cannot see how much memory is free", e);
    }
  }

  /** How hard what comes is compressed. */
  public int zstdLevel() {
    return settings.zstdLevel();
  }

  /** What may still come before the store or its disk is full. */
  public DataSize room() {
    try {
      return DataSize.ofBytes(packs.stat().roomBytes());
    } catch (IOException e) {
      throw DurableFiles.failed("cannot see how much room the store has", e);
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
