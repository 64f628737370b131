package org.letargo.hook.pages;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.VpsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page server of one dump: {@code runc checkpoint --page-server ADDRESS} sends it the memory,
 * which goes to a sink; the pagemap images are written beside the engine's own. It listens on
 * loopback, on a port that the kernel chooses, until the engine has connected; others are cut off.
 *
 * <p>One thread of its own until {@link #close}. The engine waits for its last answer before the
 * stage {@code post-dump}, so there {@link #await} returns at once, with what came or why it
 * failed.
 */
public final class PageReceiver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PageReceiver.class);

  /** How long the engine may be silent: it looks at all processes between two pieces of memory. */
  public static final Duration PATIENCE = Duration.ofMinutes(10);

  /** What came. */
  public record Totals(int objects, long pages) {
    public long bytes() {
      return pages * PageRun.PAGE_BYTES;
    }
  }

  /** What a receiver works with. */
  public record Setup(
      PageProtocol protocol,
      Path images,
      PageSink sink,
      PageBuffers buffers,
      PeerProgram engine,
      Duration patience) {}

  private final Setup setup;
  private final PageListener listener;
  private final CompletableFuture<Totals> received = new CompletableFuture<>();
  private final Thread thread;

  private PageReceiver(Setup setup, PageListener listener) {
    this.setup = setup;
    this.listener = listener;
    this.thread =
        Thread.ofPlatform().name("pages-" + listener.port()).daemon(true).start(this::receive);
  }

  /** Begins to listen. The sink and the buffers stay the caller's. */
  public static PageReceiver open(Setup setup) {
    try {
      return new PageReceiver(setup, new PageListener());
    } catch (IOException e) {
      throw DurableFiles.failed("cannot listen for the engine's pages", e);
    }
  }

  /** Where it listens, as {@code --page-server} wants it. */
  public String address() {
    return listener.host() + ":" + listener.port();
  }

  /**
   * Waits until the engine has got its last answer.
   *
   * @throws VpsException if not all came, the sink failed, or the time is over
   */
  public Totals await(Duration longest) {
    String what = "cannot take the memory of the VPS";
    try {
      return received.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case VpsException said -> said;
        case IOException broken -> DurableFiles.failed(what, broken);
        case Throwable fault -> VpsException.internal(what, fault);
      };
    } catch (TimeoutException e) {
      throw VpsException.internal(what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw VpsException.internal(what, e);
    }
  }

  private void receive() {
    try (PageStream connected = listener.accept(setup.engine(), setup.patience());
        WindowCutter cutter = new WindowCutter(setup.buffers(), setup.sink())) {
      received.complete(
          new DumpSession(setup.protocol(), connected, setup.images(), setup.sink(), cutter).run());
      connected.awaitEnd(); // who closes first keeps the address for a minute (TIME_WAIT)
    } catch (ClosedChannelException e) {
      received.completeExceptionally(new IOException("it was closed before all was there", e));
    } catch (Throwable e) {
      if (!received.completeExceptionally(e)) {
        LOG.debug("after the last answer: {}", e.toString());
      }
    }
  }

  /** Ends it wherever it is, and waits for its thread: the sink is not called any more. */
  @Override
  public void close() {
    try {
      listener.close();
      thread.interrupt(); // it may wait for memory, or in the sink
      thread.join();
    } catch (IOException e) {
      throw DurableFiles.failed("cannot close the connection for pages", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
