package org.letargo.archive.store.pack;

/** One bit per slot of an index. Guarded by the lock of the {@link ChunkIndex}. */
final class SlotMarks {
  private final long[] words;

  SlotMarks(long slots) {
    words = new long[Math.toIntExact((slots + Long.SIZE - 1) / Long.SIZE)];
  }

  boolean has(long slot) {
    return (words[(int) (slot >>> 6)] & 1L << slot) != 0;
  }

  void set(long slot) {
    words[(int) (slot >>> 6)] |= 1L << slot;
  }
}
