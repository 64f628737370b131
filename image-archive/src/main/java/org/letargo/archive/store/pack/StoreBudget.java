package org.letargo.archive.store.pack;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.letargo.archive.store.StoreFullException;

/** How much the packs take and may take. Threads may call it as they like. */
final class StoreBudget {
  private static final long LOOK_EVERY_BYTES = 8L << 20;

  private final StoreFiles files;
  private final long maxBytes;
  private final long minFreeBytes;
  private final AtomicLong used;
  private final AtomicLong unlooked = new AtomicLong(LOOK_EVERY_BYTES);

  StoreBudget(StoreFiles files, PackStoreOptions options, long used) {
    this.files = files;
    this.maxBytes = options.maxBytes();
    this.minFreeBytes = options.minFreeBytes();
    this.used = new AtomicLong(used);
  }

  long usedBytes() {
    return used.get();
  }

  /** What may still come before the store or its disk is full; 0 or more. */
  long roomBytes() throws IOException {
    long ofStore = maxBytes - used.get();
    long ofDisk = files.freeBytes() - minFreeBytes;
    return Math.max(0, Math.min(ofStore, ofDisk));
  }

  /**
   * Asks for room for a new chunk; nothing is taken yet.
   *
   * @throws StoreFullException if the store or the disk would become too full
   */
  void require(long bytes) throws IOException {
    long wanted = used.get() + bytes;
    if (wanted > maxBytes) {
      throw new StoreFullException(
          "cannot store a chunk: the store "
              + files.directory()
              + " may take "
              + maxBytes
              + " bytes and takes "
              + used.get()
              + ". Forget checkpoints, collect what they leave, or raise its size limit.");
    }
    if (unlooked.addAndGet(bytes) >= LOOK_EVERY_BYTES) {
      long free = files.freeBytes();
      if (free < minFreeBytes) {
        throw new StoreFullException(
            "cannot store a chunk: the disk of "
                + files.directory()
                + " has "
                + free
                + " bytes left, and the store leaves "
                + minFreeBytes
                + " of them free. Make room there.");
      }
      unlooked.set(0);
    }
  }

  /** Counts what was written, or with a negative number what was removed. */
  void add(long bytes) {
    used.addAndGet(bytes);
  }

  /** A failed write, as a full disk if it was one. */
  IOException explain(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    if (message.contains("No space left") || message.contains("quota exceeded")) {
      return new StoreFullException(
          "cannot store a chunk: the disk of "
              + files.directory()
              + " is full. Make room there; the store is as good as before.",
          failure);
    }
    return failure;
  }
}
