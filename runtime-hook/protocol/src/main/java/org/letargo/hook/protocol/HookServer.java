package org.letargo.hook.protocol;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;

/**
 * Takes connections from a listening Unix socket and lets a {@link HookHandler} answer them, each
 * on a virtual thread. Whoever connects must be one of the allowed users; all others are cut off
 * unheard.
 */
public final class HookServer implements AutoCloseable {
  /** The most connections at once; each costs a descriptor of root's. More are cut off. */
  static final int MAX_CONNECTIONS = 512;

  /** How long to wait after a failed accept (out of descriptors, as a rule), in milliseconds. */
  private static final long ACCEPT_RETRY_MILLIS = 100;

  private static final Duration ACCEPTOR_ENDS = Duration.ofSeconds(10);

  private final ServerSocketChannel listening;
  private final Set<String> allowedUsers;
  private final HookHandler handler;
  private final Consumer<String> warnings;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Selector selector;
  private final Thread acceptor;

  /**
   * Starts to answer.
   *
   * @param listening bound already; closed with the server
   * @param allowedUsers names, as the kernel tells them of the peer
   * @param warnings hears a sentence about each peer that was cut off, and each fault
   */
  public HookServer(
      ServerSocketChannel listening,
      Set<String> allowedUsers,
      HookHandler handler,
      Consumer<String> warnings)
      throws IOException {
    this.listening = listening;
    this.allowedUsers = Set.copyOf(allowedUsers);
    this.handler = handler;
    this.warnings = warnings;
    this.selector = Selector.open();
    listening.configureBlocking(false);
    listening.register(selector, SelectionKey.OP_ACCEPT);
    this.acceptor = Thread.ofPlatform().name("hook-accept").daemon(true).start(this::accept);
  }

  private void accept() {
    try (selector) {
      while (!isStopped()) {
        selector.select();
        selector.selectedKeys().clear();
        if (!isStopped()) {
          acceptOne();
        }
      }
    } catch (ClosedChannelException e) {
      // the server was closed
    } catch (IOException e) {
      warnings.accept("no more connections can be taken: " + e);
    }
  }

  private void acceptOne() throws ClosedChannelException {
    try {
      SocketChannel connection = listening.accept();
      if (connection != null) {
        take(connection);
      }
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      warnings.accept("cannot take a connection: " + e + ", continuing without it");
      stoppedWithin(ACCEPT_RETRY_MILLIS);
    }
  }

  private void take(SocketChannel connection) throws IOException {
    if (open.size() >= MAX_CONNECTIONS) {
      connection.close();
      warnings.accept("a connection beyond " + MAX_CONNECTIONS + " was cut off");
      return;
    }
    open.add(connection);
    if (isStopped()) {
      connection.close(); // stop() may not have seen it
    }
    // Not virtual: what a request does waits in files, pipes and native calls. See Command.
    Thread.ofPlatform().name("hook-connection").daemon(true).start(() -> serve(connection));
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  private void stoppedWithin(long millis) {
    try {
      stopped.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(SocketChannel connection) {
    try (connection) {
      String user = connection.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
      if (!allowedUsers.contains(user)) {
        warnings.accept("user " + user + " connected and was cut off");
        return;
      }
      new HookConnection(new FrameChannel(connection), warnings).serve(handler);
    } catch (ClosedChannelException e) {
      // the server was closed
    } catch (IOException e) {
      warnings.accept("a connection broke: " + e.getMessage());
    } finally {
      open.remove(connection);
    }
  }

  /**
   * Takes no more connections and cuts those that are open; what they asked for goes on. The
   * listening socket stays open: who connects waits for the next server on it.
   */
  public void stop() throws IOException {
    stopped.countDown();
    selector.wakeup();
    for (SocketChannel connection : open) {
      connection.close();
    }
  }

  /** Stops and closes the listening socket. */
  @Override
  public void close() throws IOException {
    stop();
    try {
      acceptor.join(ACCEPTOR_ENDS); // with its selector open, the socket would not be closed yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    listening.close();
  }
}
