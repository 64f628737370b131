package org.letargo.archive.store.pack;

import org.letargo.archive.store.ChunkId;

/**
 * Names of chunks, by their first eight bytes: for those to whom one that is taken for another once
 * in 2^64 does no harm, such as a collection that keeps one more. Eight to sixteen bytes of heap
 * per chunk. The lock is this object's monitor.
 */
public final class HeldChunks {
  private static final int FIRST_SLOTS = 256;

  private long[] slots = new long[FIRST_SLOTS];
  private int used;
  private boolean zero;

  /**
   * Adds one.
   *
   * @return whether it was not there
   */
  public synchronized boolean add(ChunkId id) {
    long word = id.word(0);
    if (word == 0) {
      boolean isNew = !zero;
      zero = true;
      return isNew;
    }
    int at = slotOf(slots, word);
    if (slots[at] == word) {
      return false;
    }
    slots[at] = word;
    used++;
    if (used > slots.length / 4 * 3) {
      grow();
    }
    return true;
  }

  public synchronized boolean contains(ChunkId id) {
    long word = id.word(0);
    return word == 0 ? zero : slots[slotOf(slots, word)] == word;
  }

  private void grow() {
    long[] larger = new long[slots.length * 2];
    for (long word : slots) {
      if (word != 0) {
        larger[slotOf(larger, word)] = word;
      }
    }
    slots = larger;
  }

  /** Where the word is, or would be put. */
  private static int slotOf(long[] slots, long word) {
    int mask = slots.length - 1;
    int at = (int) word & mask;
    while (slots[at] != 0 && slots[at] != word) {
      at = (at + 1) & mask;
    }
    return at;
  }
}
