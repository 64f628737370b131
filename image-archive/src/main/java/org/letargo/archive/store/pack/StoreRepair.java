package org.letargo.archive.store.pack;

import java.nio.file.Path;
import java.util.List;
import org.letargo.archive.store.ChunkId;

/**
 * What a repair has done.
 *
 * @param lost the chunks that the store has no more; put again, they are stored anew
 * @param rewritten the packs that were damaged: what was good in them lies elsewhere now
 * @param kept damaged packs that could not be read or copied, and stay
 */
public record StoreRepair(List<ChunkId> lost, List<Path> rewritten, List<Path> kept) {
  public StoreRepair {
    lost = List.copyOf(lost);
    rewritten = List.copyOf(rewritten);
    kept = List.copyOf(kept);
  }
}
