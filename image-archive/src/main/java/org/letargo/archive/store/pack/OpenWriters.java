package org.letargo.archive.store.pack;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.letargo.archive.store.ChunkId;

/**
 * What the writers hold that are open, or were at any instant of the collection that is running.
 * The lock is this object's monitor.
 */
final class OpenWriters {
  private final Set<HeldChunks> open = new HashSet<>();
  private final List<HeldChunks> closedMeanwhile = new ArrayList<>();
  private boolean collecting;

  synchronized HeldChunks register() {
    var held = new HeldChunks();
    open.add(held);
    return held;
  }

  synchronized void release(HeldChunks held) {
    if (open.remove(held) && collecting) {
      closedMeanwhile.add(held);
    }
  }

  /** From now on nothing that a writer holds is let go before {@link #endCollection}. */
  synchronized void beginCollection() {
    collecting = true;
  }

  synchronized void endCollection() {
    collecting = false;
    closedMeanwhile.clear();
  }

  synchronized boolean hold(ChunkId id) {
    for (HeldChunks held : open) {
      if (held.contains(id)) {
        return true;
      }
    }
    for (HeldChunks held : closedMeanwhile) {
      if (held.contains(id)) {
        return true;
      }
    }
    return false;
  }
}
