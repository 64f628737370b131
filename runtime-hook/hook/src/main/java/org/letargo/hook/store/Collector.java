package org.letargo.hook.store;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.checkpoint.CheckpointStore;
import org.letargo.archive.store.ChunkStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from the store what no checkpoint needs any more, some time after it is told to. The
 * larger the store, the longer it takes to find out, and the rarer it is done: it works at most a
 * twentieth of the time.
 */
final class Collector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
  private static final int PAUSES = 20;

  private final CheckpointStore checkpoints;
  private final Thread thread;

  /** Guarded by this. */
  private boolean wanted;

  private boolean closed;

  Collector(CheckpointStore checkpoints) {
    this.checkpoints = checkpoints;
    this.thread = Thread.ofPlatform().name("store-collector").daemon(true).start(this::work);
  }

  synchronized void wake() {
    wanted = true;
    notifyAll();
  }

  private void work() {
    try {
      Duration pause = SHORTEST_PAUSE;
      while (awaitWish(pause)) {
        Instant begin = Instant.now();
        collect();
        Duration took = Duration.between(begin, Instant.now()).multipliedBy(PAUSES);
        pause = took.compareTo(SHORTEST_PAUSE) > 0 ? took : SHORTEST_PAUSE;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Several that come within the pause are one. */
  private synchronized boolean awaitWish(Duration pause) throws InterruptedException {
    while (!wanted && !closed) {
      wait();
    }
    Instant end = Instant.now().plus(pause);
    for (Duration left = pause; left.isPositive() && !closed; ) {
      wait(Math.max(1, left.toMillis()));
      left = Duration.between(Instant.now(), end);
    }
    wanted = false;
    return !closed;
  }

  private void collect() {
    try {
      ChunkStore.Collected collected = checkpoints.collect();
      LOG.info(
          "removed {} chunks, {} bytes from the store",
          collected.chunks(),
          collected.storedBytes());
    } catch (IOException | ArchiveException e) {
      LOG.warn("cannot collect what the store does not need: {}, continuing", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("the collection of the store failed, continuing", e);
    }
  }

  /** Waits for the collection that runs. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
