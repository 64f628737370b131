package org.letargo.archive.store.pack;

import java.nio.file.Path;
import org.letargo.archive.store.ChunkId;

/** Something that a check has found wrong in a store. */
public sealed interface StoreProblem {
  /** The pack that it is in, or was. */
  Path pack();

  /** What is wrong, without a full stop. */
  String why();

  /** A chunk that cannot be read any more. */
  record LostChunk(ChunkId id, Path pack, String why) implements StoreProblem {}

  /** A pack that is not as it was written; what cannot be read for it is told chunk by chunk. */
  record DamagedPack(Path pack, String why) implements StoreProblem {}

  /** A chunk that is there and good, but that the index does not know: a repair finds it again. */
  record ForgottenChunk(ChunkId id, Path pack) implements StoreProblem {
    @Override
    public String why() {
      return "the index does not know it";
    }
  }
}
