package org.letargo.hook.pages;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.letargo.hook.durable.DurableFiles;

/**
 * Answers the daemon of one lazy restore from a {@link PageSource}; see {@link LazySession}. One
 * thread of its own until {@link #close}.
 *
 * <p>When it fails it keeps the connection open: the daemon would end, its descriptors with it, and
 * the kernel would give the processes pages of zeros where memory is missing. So they wait until
 * somebody has killed them and closes this.
 */
final class PageServer implements AutoCloseable {
  /** The daemon is silent while nothing happens, and ends with its connection. */
  private static final Duration PATIENCE = Duration.ofDays(1);

  private final PageProtocol protocol;
  private final PageSource source;
  private final PeerProgram engine;
  private final PageListener listener;
  private final AtomicLong sent = new AtomicLong();
  private final CompletableFuture<Boolean> connected = new CompletableFuture<>();
  private final CompletableFuture<HotPages> served = new CompletableFuture<>();
  private final Thread thread;

  /**
   * Begins to listen.
   *
   * @param source stays the caller's
   */
  PageServer(PageProtocol protocol, PageSource source, PeerProgram engine) throws IOException {
    this.protocol = protocol;
    this.source = source;
    this.engine = engine;
    this.listener = new PageListener();
    this.thread = Thread.ofPlatform().name("lazy-pages-" + port()).daemon(true).start(this::serve);
  }

  String host() {
    return listener.host();
  }

  int port() {
    return listener.port();
  }

  /** Complete when the daemon has connected, which it does when it holds all descriptors. */
  CompletableFuture<Boolean> connected() {
    return connected;
  }

  /** Complete when the daemon has said that it needs no more, with what was wanted first. */
  CompletableFuture<HotPages> served() {
    return served;
  }

  /** How many pages were sent so far. */
  long sentPages() {
    return sent.get();
  }

  private void serve() {
    try {
      PageStream stream = listener.accept(engine, PATIENCE);
      connected.complete(true);
      served.complete(new LazySession(protocol, stream, source, sent).run());
    } catch (Throwable e) {
      connected.completeExceptionally(e);
      served.completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      thread.interrupt(); // it may wait in the source
      thread.join();
    } catch (IOException e) {
      throw DurableFiles.failed("cannot close the connection for pages", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
