package org.letargo.archive.store.pack;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.archive.store.ChunkStore;
import org.letargo.archive.store.ChunkStoreContract;

/** The store on a disk does what every store does: plain, encrypted, with large and tiny packs. */
class PackStoreContractTest {
  @TempDir Path scratch;

  @Nested
  class Plain extends ChunkStoreContract {
    @Override
    protected ChunkStore open() throws IOException {
      return PackStore.open(scratch.resolve("store"), PackStoreOptions.defaults());
    }
  }

  @Nested
  class Encrypted extends ChunkStoreContract {
    @Override
    protected ChunkStore open() throws IOException {
      return PackStore.open(
          scratch.resolve("store"), PackStoreOptions.defaults().encrypted().withWorkers(3));
    }
  }

  /** A chunk or two per pack. */
  @Nested
  class TinyPacks extends ChunkStoreContract {
    @Override
    protected ChunkStore open() throws IOException {
      return PackStore.open(
          scratch.resolve("store"), PackStoreOptions.defaults().withPackBytes(1 << 16));
    }
  }
}
