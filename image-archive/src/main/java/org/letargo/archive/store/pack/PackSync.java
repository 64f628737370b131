package org.letargo.archive.store.pack;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.letargo.archive.DurableFiles;

/**
 * Makes packs durable on threads of its own: while data comes in, so that little is left at the
 * end, and on {@link #flush}. Not on threads of callers: the interruption of one would close the
 * file under all others.
 *
 * <p>After a failed fsync nobody knows what the disk holds, and the kernel tells only once. So the
 * failure sticks: nothing is durable any more until the store is opened again.
 */
final class PackSync implements AutoCloseable {
  private static final int EARLY_BYTES = 8 << 20;

  private final StoreFiles files;

  /** Packs that should have a table, but for which the disk had no room; the next open adds it. */
  private final Set<Integer> tableless;

  private final Set<AppendPack> unfinished = ConcurrentHashMap.newKeySet();
  private final Set<AppendPack> early = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads;
  private final Object folder = new Object();

  /** Whether the folder may have names that are not durable; guarded by {@link #folder}. */
  private boolean folderChanged;

  private volatile Optional<IOException> failed = Optional.empty();

  /**
   * @param tableless packs that the recovery could not give a table
   */
  PackSync(StoreFiles files, Set<Integer> tableless, int threadCount) {
    this.files = files;
    this.tableless = ConcurrentHashMap.newKeySet();
    this.tableless.addAll(tableless);
    this.threads =
        Executors.newFixedThreadPool(
            threadCount, Thread.ofPlatform().name("store-sync-", 0).daemon().factory());
  }

  /** Makes a new pack. */
  AppendPack create() throws IOException {
    requireHealthy();
    synchronized (folder) { // so that whoever sees the file also finds it unfinished
      AppendPack pack = AppendPack.create(files);
      folderChanged = true;
      unfinished.add(pack);
      return pack;
    }
  }

  /** Something was appended: starts to write it to the disk once it is worth it. */
  void appended(AppendPack pack) {
    if (pack.undurableBytes() >= EARLY_BYTES && early.add(pack)) {
      threads.execute(() -> {
        early.remove(pack);
        if (unfinished.contains(pack)) {
          attempt(pack::sync);
        }
      });
    }
  }

  /** Nothing will be appended any more. */
  Future<?> finish(AppendPack pack) {
    return threads.submit(() -> {
      attempt(pack::finish);
      unfinished.remove(pack);
    });
  }

  /**
   * Packs that are being written, or being finished, by number. Who lists the files first and then
   * asks here has not missed one.
   */
  Map<Integer, AppendPack> unfinished() {
    synchronized (folder) {
      Map<Integer, AppendPack> byNumber = new HashMap<>();
      unfinished.forEach(pack -> byNumber.put(pack.number(), pack));
      return byNumber;
    }
  }

  /** Packs that have no table, though nothing is appended to them. */
  Set<Integer> tableless() {
    return tableless;
  }

  /** Makes durable all that was appended before the call. */
  void flush() throws IOException {
    List<Future<?>> syncs = new ArrayList<>();
    for (AppendPack pack : unfinished) {
      if (pack.undurableBytes() > 0) {
        syncs.add(threads.submit(() -> attempt(pack::sync)));
      }
    }
    for (Future<?> sync : syncs) {
      await(sync);
    }
    requireHealthy();
    syncFolder();
  }

  private void syncFolder() throws IOException {
    synchronized (folder) {
      if (folderChanged) {
        await(threads.submit(() -> attempt(() -> DurableFiles.syncDirectory(files.packs()))));
        requireHealthy();
        folderChanged = false;
      }
    }
  }

  static void await(Future<?> task) throws IOException {
    try {
      task.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the store became durable");
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  private void attempt(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      failed = Optional.of(e);
    }
  }

  void requireHealthy() throws IOException {
    if (failed.isPresent()) {
      throw new IOException(
          "cannot make the store "
              + files.directory()
              + " durable: "
              + failed.get().getMessage()
              + ". See what the kernel says of the disk, then restart the hook.",
          failed.get());
    }
  }

  /** Waits for what was begun. */
  @Override
  public void close() {
    threads.close();
  }
}
