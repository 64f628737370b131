package org.letargo.archive.store.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.letargo.archive.store.ChunkId;

/**
 * The threads that name, compress and append chunks, each with buffers and a pack of its own.
 * Platform threads: zstd and writes would block the carriers of virtual ones.
 */
final class PutWorkers implements AutoCloseable {
  private static final Optional<Put> END = Optional.empty();

  private final ChunkIndex index;
  private final Semaphore room;
  private final BlockingQueue<Optional<Put>> queue = new LinkedBlockingQueue<>();

  /** New chunks that a worker is about to append: who meets one again waits for that. */
  private final ConcurrentHashMap<ChunkId, CompletableFuture<Void>> underWay =
      new ConcurrentHashMap<>();

  private final List<Thread> threads = new ArrayList<>();
  private final List<PackAppender> appenders = new ArrayList<>();

  /** Guarded by this object's monitor, so that nothing is queued behind the end. */
  private boolean closed;

  /** One chunk on its way in. */
  record Put(PackWriter writer, ByteBuffer content, CompletableFuture<ChunkId> id) {}

  PutWorkers(
      StoreFiles files,
      ChunkIndex index,
      PackSync sync,
      StoreBudget budget,
      PackStoreOptions options) {
    this.index = index;
    this.room = new Semaphore(options.underWayBytes());
    for (int i = 0; i < options.workers(); i++) {
      var appender = new PackAppender(sync, budget, options.packBytes());
      appenders.add(appender);
      threads.add(
          Thread.ofPlatform()
              .name("store-put-" + i)
              .daemon()
              .start(() -> run(new Packer(files.keys(), options.zstdLevel()), appender)));
    }
  }

  /** Takes a chunk, after waiting for room. */
  void submit(Put put) throws InterruptedException {
    int bytes = put.content().remaining();
    room.acquire(bytes);
    synchronized (this) {
      if (closed) {
        room.release(bytes);
        throw new IllegalStateException("the store is closed");
      }
      queue.add(Optional.of(put));
    }
  }

  private void run(Packer packer, PackAppender appender) {
    try (packer) {
      while (true) {
        Optional<Put> next = queue.take();
        if (next.isEmpty()) {
          return;
        }
        int bytes = next.get().content().remaining();
        try {
          store(next.get(), packer, appender);
        } catch (IOException | RuntimeException | Error e) {
          next.get().writer().failed(next.get(), e);
        } finally {
          room.release(bytes);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a worker", e);
    }
  }

  private void store(Put put, Packer packer, PackAppender appender) throws IOException {
    ChunkId id = packer.idOf(put.content());
    put.writer().hold(id); // before looking: a collection either sees it held or is seen to be over
    if (index.contains(id)) {
      put.writer().found(put, id);
      return;
    }
    var mine = new CompletableFuture<Void>();
    CompletableFuture<Void> other = underWay.putIfAbsent(id, mine);
    if (other != null) {
      other.whenComplete((done, failure) -> {
        if (failure == null) {
          put.writer().found(put, id);
        } else {
          put.writer().failed(put, failure);
        }
      });
      return;
    }
    try {
      if (index.contains(id)) {
        put.writer().found(put, id);
      } else {
        Place place = appender.append(id, put.content(), packer);
        index.add(id, place);
        put.writer().stored(put, id, place);
      }
      underWay.remove(id, mine);
      mine.complete(null);
    } catch (IOException | RuntimeException | Error e) {
      underWay.remove(id, mine);
      mine.completeExceptionally(e);
      throw e;
    }
  }

  /** Whether it may lie in a pack already that the index does not know of yet. */
  boolean isUnderWay(ChunkId id) {
    return underWay.containsKey(id);
  }

  /** Finishes the packs that are being written; tells when each is done. */
  List<Future<?>> finishPacks() {
    List<Future<?>> done = new ArrayList<>();
    appenders.forEach(appender -> done.add(appender.finish()));
    return done;
  }

  /** Waits until all that was taken is stored, then ends. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      threads.forEach(thread -> queue.add(END));
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true; // the files must not be closed under them
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
