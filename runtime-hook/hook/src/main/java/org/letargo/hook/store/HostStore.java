package org.letargo.hook.store;

import java.io.IOException;
import java.nio.file.Path;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.store.pack.PackStore;
import org.letargo.archive.store.pack.PackStoreOptions;
import org.letargo.hook.durable.DurableFiles;

/** The store of this host, open as long as the hook runs. */
public final class HostStore implements AutoCloseable {
  private final PackStore packs;
  private final CheckpointStore checkpoints;

  private HostStore(PackStore packs, CheckpointStore checkpoints) {
    this.packs = packs;
    this.checkpoints = checkpoints;
  }

  /**
   * Opens it, or makes it.
   *
   * @throws org.letargo.hook.protocol.VpsException if it cannot be opened
   */
  public static HostStore open(Path folder, PackStoreOptions options) {
    try {
      DurableFiles.folder(folder, "rwx------");
      PackStore packs = PackStore.open(folder, options);
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

  /** What is in it. */
  public CheckpointStore checkpoints() {
    return checkpoints;
  }

  @Override
  public void close() throws IOException {
    packs.close();
  }
}
