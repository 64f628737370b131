package org.letargo.archive.store.pack;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.letargo.archive.store.ChunkStore;

/**
 * One collection: marks what lives, then empties and removes the packs that are mostly dead. What
 * is wanted of such a pack is copied and made durable elsewhere before its file goes; dead chunks
 * in other packs stay known, and live again if they are put again.
 *
 * <p>The index is changed under its own lock, chunk by chunk, and a chunk that a writer holds is
 * never taken from it: a writer first holds, then looks.
 */
final class PackCollection {
  /** So many packs of less than an eighth of the usual length are put together. */
  private static final int MANY_SMALL_PACKS = 8;

  private final PackStore store;
  private final PackEvacuation evacuation;
  private long removedChunks;
  private long removedBytes;

  /** What the index knows of one pack. */
  private static final class Use {
    long wantedBytes;
    long wantedChunks;
  }

  /** A pack that goes. */
  private record Victim(int pack, long sizeBytes, long wantedBytes) {}

  PackCollection(PackStore store, PackEvacuation evacuation) {
    this.store = store;
    this.evacuation = evacuation;
  }

  ChunkStore.Collected run(ChunkStore.LiveChunks live) throws IOException {
    store.writers().beginCollection();
    try {
      store.index().beginMarks();
      live.forEach(store.index()::mark);
      StoreFaults.at("collect.marked");
      for (var finished : store.workers().finishPacks()) {
        PackSync.await(finished);
      }
      store.sync().requireHealthy();
      removeAll(victims());
      long smaller = Math.max(0, removedBytes - evacuation.writtenBytes());
      return new ChunkStore.Collected(removedChunks, smaller);
    } finally {
      store.index().endMarks();
      store.writers().endCollection();
    }
  }

  private boolean wanted(ChunkIndex.Entry entry) {
    return entry.marked() || store.writers().hold(entry.id());
  }

  private List<Victim> victims() throws IOException {
    Map<Integer, Use> uses = new HashMap<>();
    store
        .index()
        .forEach(entry -> {
          if (wanted(entry)) {
            Use use = uses.computeIfAbsent(entry.place().pack(), pack -> new Use());
            use.wantedChunks++;
            use.wantedBytes += entry.place().entryBytes();
          }
        });
    List<Integer> all = store.files().packNumbers();
    Set<Integer> unfinished = store.sync().unfinished().keySet();
    List<Victim> mostlyDead = new ArrayList<>();
    List<Victim> small = new ArrayList<>();
    for (int pack : all) {
      if (!unfinished.contains(pack)) {
        Use use = uses.getOrDefault(pack, new Use());
        var victim = new Victim(pack, Files.size(store.files().pack(pack)), use.wantedBytes);
        if (deadBytes(victim, use) * 2 > victim.sizeBytes || use.wantedChunks == 0) {
          mostlyDead.add(victim);
        } else if (victim.sizeBytes < store.options().packBytes() / 8) {
          small.add(victim);
        }
      }
    }
    if (small.size() >= MANY_SMALL_PACKS) {
      mostlyDead.addAll(small);
    }
    mostlyDead.sort(Comparator.comparingLong(Victim::wantedBytes)); // the cheapest room first
    return mostlyDead;
  }

  private static long deadBytes(Victim victim, Use use) {
    long frame =
        PackFormat.HEADER_BYTES
            + PackFormat.TRAILER_BYTES
            + use.wantedChunks * PackFormat.ROW_BYTES;
    return victim.sizeBytes - frame - use.wantedBytes;
  }

  private void removeAll(List<Victim> victims) throws IOException {
    List<Victim> emptied = new ArrayList<>();
    try {
      emptyAll(victims, emptied);
    } catch (IOException e) {
      try {
        removeFiles(emptied); // the index has nothing of them any more
      } catch (IOException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
    removeFiles(emptied);
  }

  private void emptyAll(List<Victim> victims, List<Victim> emptied) throws IOException {
    long copied = 0;
    for (Victim victim : victims) {
      if (copied + victim.wantedBytes > store.options().packBytes() && !emptied.isEmpty()) {
        removeFiles(emptied);
        copied = 0;
      }
      Optional<Long> removed = evacuation.empty(victim.pack);
      if (removed.isPresent()) {
        removedChunks += removed.get();
        emptied.add(victim);
        copied += victim.wantedBytes;
      }
    }
  }

  private void removeFiles(List<Victim> emptied) throws IOException {
    List<Integer> packs = new ArrayList<>();
    for (Victim victim : emptied) {
      packs.add(victim.pack);
      removedBytes += victim.sizeBytes;
    }
    evacuation.removeFiles(packs);
    emptied.clear();
  }
}
