package org.letargo.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * A few threads that do file work side by side, at most {@code queued} tasks ahead of the caller.
 * Platform threads: reads, fsync and zstd block their carrier. Used by one thread, which closes it;
 * closing cancels what has not begun and waits for the rest.
 */
public final class FileWorkers implements AutoCloseable {
  private final ExecutorService executor;
  private final Semaphore room;
  private final List<Future<?>> submitted = new ArrayList<>();

  /**
   * @param queued how many tasks may wait beside those that run
   */
  public FileWorkers(String name, int threads, int queued) {
    executor =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("archive-" + name + "-", 0).daemon().factory());
    room = new Semaphore(threads + queued);
  }

  /** Waits for room, then lets the task run. */
  public void submit(Callable<Void> task) throws IOException {
    try {
      room.acquire();
    } catch (InterruptedException e) {
      throw interrupted();
    }
    if (submitted.size() >= 256) {
      rethrowDone();
    }
    submitted.add(
        executor.submit(() -> {
          try {
            return task.call();
          } finally {
            room.release();
          }
        }));
  }

  /** Waits for all tasks; the first failure is thrown. */
  public void finish() throws IOException {
    for (Future<?> task : submitted) {
      get(task);
    }
    submitted.clear();
  }

  private void rethrowDone() throws IOException {
    for (var tasks = submitted.iterator(); tasks.hasNext(); ) {
      Future<?> task = tasks.next();
      if (task.isDone()) {
        get(task);
        tasks.remove();
      }
    }
  }

  /** The result of a task, its failure thrown as what it was. */
  public static <T> T get(Future<T> task) throws IOException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException runtime -> throw runtime;
        case Error error -> throw error;
        default -> throw new IOException(e.getCause());
      }
    } catch (CancellationException | InterruptedException e) {
      throw interrupted();
    }
  }

  private static IOException interrupted() {
    Thread.currentThread().interrupt();
    return new java.nio.channels.ClosedByInterruptException();
  }

  @Override
  public void close() {
    submitted.forEach(task -> task.cancel(false));
    executor.close();
  }
}
