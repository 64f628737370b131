package org.letargo.archive.store.pack;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.letargo.archive.store.ChunkId;

/**
 * Reads every byte of a store that means something, several packs at a time, and compares the packs
 * with the index in both directions. Beside running writers; the caller keeps collections away.
 */
final class PackCheck {
  private final PackStore store;
  private final List<StoreProblem> problems = new ArrayList<>();
  private final Set<Integer> damagedPacks = new HashSet<>();
  private long problemCount;
  private long packs;
  private long chunks;
  private long contentBytes;

  PackCheck(PackStore store) {
    this.store = store;
  }

  StoreCheck run() throws IOException {
    store.index().beginMarks();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(
            store.options().workers(),
            Thread.ofPlatform().name("store-check-", 0).daemon().factory())) {
      List<Integer> all = store.files().packNumbers();
      Map<Integer, AppendPack> unfinished = store.sync().unfinished();
      List<Future<?>> tasks = new ArrayList<>();
      for (int pack : all) {
        var beingWritten = Optional.ofNullable(unfinished.get(pack));
        tasks.add(
            threads.submit(() -> {
              read(pack, beingWritten);
              return null;
            }));
      }
      for (Future<?> task : tasks) {
        PackSync.await(task);
      }
      lookForTheRest();
      return new StoreCheck(packs, chunks, contentBytes, problems, problemCount);
    } finally {
      store.index().endMarks();
    }
  }

  /** Packs that a repair has to rewrite. */
  synchronized Set<Integer> damagedPacks() {
    return Set.copyOf(damagedPacks);
  }

  private void read(int pack, Optional<AppendPack> beingWritten) throws IOException {
    Unpacker unpacker = store.unpackers().take();
    try (PackReaders.Reader reader = store.readers().openAnew(pack)) {
      var scan = new PackScan(reader, pack, unpacker);
      PackScan.Found found;
      if (beingWritten.isPresent()) {
        found = scan.scanEntries(beingWritten.get().end());
      } else {
        found = scan.scan();
        if (!found.tableSound() && !store.sync().tableless().contains(pack)) {
          damaged(pack, "its table is damaged");
        }
      }
      if (!reader.headerSound()) {
        damaged(pack, "its first bytes are damaged");
      }
      for (PackFormat.Row row : found.rows()) {
        check(scan, row);
      }
      synchronized (this) {
        packs++;
      }
    } catch (NoSuchFileException e) {
      // removed meanwhile; what the index still has of it is told with the rest
    } catch (IOException e) {
      damaged(pack, "it cannot be read (" + e.getMessage() + ")");
    } finally {
      store.unpackers().giveBack(unpacker);
    }
  }

  private void check(PackScan scan, PackFormat.Row row) throws IOException {
    boolean used = store.index().find(row.id()).equals(Optional.of(row.place()));
    try {
      if (!scan.verify(row.place(), row.id())) {
        String why = "the stored bytes of " + row.id() + " have changed, but not what they mean";
        damaged(row.place().pack(), why);
      }
    } catch (Unpacker.Damage e) {
      if (used) {
        store.index().mark(row.id(), row.place()::equals);
        synchronized (this) {
          damagedPacks.add(row.place().pack());
        }
        lost(row.id(), row.place(), e.getMessage());
      } else {
        damaged(row.place().pack(), "the unused copy of " + row.id() + ": " + e.getMessage());
      }
      return;
    }
    store.index().mark(row.id(), row.place()::equals);
    boolean isUnderWay = store.workers().isUnderWay(row.id()); // asked first: it ends in the index
    if (!isUnderWay && !store.index().contains(row.id())) {
      add(new StoreProblem.ForgottenChunk(row.id(), store.files().pack(row.place().pack())));
    }
    synchronized (this) {
      chunks++;
      contentBytes += row.place().contentLength();
    }
  }

  /** What the index has and no pack has shown: moved or put meanwhile, or not there. */
  private void lookForTheRest() throws IOException {
    List<ChunkIndex.Entry> rest = new ArrayList<>();
    store
        .index()
        .forEach(entry -> {
          if (!entry.marked() && rest.size() < StoreCheck.MAX_PROBLEMS) {
            rest.add(entry);
          }
        });
    Unpacker unpacker = store.unpackers().take();
    try {
      for (ChunkIndex.Entry entry : rest) {
        Place place = entry.place();
        try (PackReaders.Reader reader = store.readers().open(place.pack())) {
          new PackScan(reader, place.pack(), unpacker).verify(place, entry.id());
        } catch (Unpacker.Damage e) {
          lost(entry.id(), place, e.getMessage());
        } catch (NoSuchFileException e) {
          lost(entry.id(), place, "the pack is gone");
        } catch (IOException e) {
          lost(entry.id(), place, "the pack cannot be read (" + e.getMessage() + ")");
        }
      }
    } finally {
      store.unpackers().giveBack(unpacker);
    }
  }

  private void lost(ChunkId id, Place place, String why) {
    add(new StoreProblem.LostChunk(id, store.files().pack(place.pack()), why));
  }

  private synchronized void damaged(int pack, String why) {
    damagedPacks.add(pack);
    add(new StoreProblem.DamagedPack(store.files().pack(pack), why));
  }

  private synchronized void add(StoreProblem problem) {
    problemCount++;
    if (problems.size() < StoreCheck.MAX_PROBLEMS) {
      problems.add(problem);
    }
  }
}
