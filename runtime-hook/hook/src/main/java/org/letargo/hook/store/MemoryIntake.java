package org.letargo.hook.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.PagesWriter;
import org.letargo.hook.pages.PageBuffer;
import org.letargo.hook.pages.PageObject;
import org.letargo.hook.pages.PageRun;
import org.letargo.hook.pages.PageSink;

/**
 * Takes the engine's memory into a checkpoint. What comes is only held at first, so that the engine
 * is kept waiting by nothing but the size of the buffers; a thread of its own hands it to the store
 * behind. {@link #finish} says that all is held, {@link #await} that all is stored (not yet
 * durable: that is the checkpoint's commit).
 */
public final class MemoryIntake implements PageSink, AutoCloseable {
  /** Where the pages of an object lie in a checkpoint. */
  private static final String PAGES = "checkpoint/pages-%d.img";

  private sealed interface Step {
    record Begin(int pagesId) implements Step {}

    record Window(long address, PageBuffer content) implements Step {}

    record End() implements Step {}

    record All() implements Step {}
  }

  private final CheckpointWriter checkpoint;
  private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>(); // the buffers bound it
  private final CompletableFuture<Void> stored = new CompletableFuture<>();
  private final Thread thread;

  /** Begins; the checkpoint stays the caller's and must be open until this is closed. */
  public MemoryIntake(CheckpointWriter checkpoint) {
    this.checkpoint = checkpoint;
    this.thread = Thread.ofPlatform().name("memory-intake").daemon(true).start(this::store);
  }

  @Override
  public void begin(PageObject object, int pagesId) throws IOException {
    enter(new Step.Begin(pagesId));
  }

  @Override
  public void run(PageRun run) {
    // the pagemap image says it
  }

  @Override
  public void window(long address, PageBuffer content) throws IOException {
    try {
      enter(new Step.Window(address, content));
    } catch (IOException e) {
      content.close();
      throw e;
    }
  }

  @Override
  public void end() throws IOException {
    enter(new Step.End());
  }

  @Override
  public void finish() throws IOException {
    enter(new Step.All());
  }

  private void enter(Step step) throws IOException {
    if (stored.isCompletedExceptionally()) {
      throw new IOException("the store does not take the memory", stored.exceptionNow());
    }
    steps.add(step);
  }

  /**
   * Waits until all memory is stored.
   *
   * @throws IOException if it cannot be
   */
  public void await() throws IOException {
    try {
      stored.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while memory was stored", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failed) {
        throw failed;
      }
      throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
    }
  }

  /** Why the store does not take the memory; empty while it does. */
  public Optional<Throwable> failure() {
    return stored.isCompletedExceptionally()
        ? Optional.of(stored.exceptionNow())
        : Optional.empty();
  }

  private void store() {
    List<PagesWriter> objects = new ArrayList<>();
    try {
      for (Step step = steps.take(); !(step instanceof Step.All); step = steps.take()) {
        switch (step) {
          case Step.Begin(int pagesId) -> objects.add(checkpoint.pages(PAGES.formatted(pagesId)));
          case Step.Window(long address, PageBuffer content) ->
              objects.getLast().put(address, content.bytes(), content::close);
          case Step.End _ -> objects.getLast().end(); // it waits for its chunks behind all others
          case Step.All _ -> throw new AssertionError("the loop has ended");
        }
      }
      for (PagesWriter object : objects) {
        object.finish();
      }
      stored.complete(null);
    } catch (IOException | RuntimeException | InterruptedException e) {
      stored.completeExceptionally(e);
      giveBack(); // who waits for a buffer gets one, and then learns of the failure
    } finally {
      objects.forEach(PagesWriter::close);
    }
  }

  private void giveBack() {
    for (Step step = steps.poll(); step != null; step = steps.poll()) {
      if (step instanceof Step.Window(var _, PageBuffer content)) {
        content.close();
      }
    }
  }

  /** Ends it wherever it is. Nobody may call the sink any more. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    giveBack();
  }
}
