package org.letargo.hook.protocol;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
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

  private final ServerSocketChannel listening;
  private final Set<String> allowedUsers;
  private final HookHandler handler;
  private final Consumer<String> warnings;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

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
      Consumer<String> warnings) {
    this.listening = listening;
    this.allowedUsers = Set.copyOf(allowedUsers);
    this.handler = handler;
    this.warnings = warnings;
    Thread.ofPlatform().name("hook-accept").daemon(true).start(this::accept);
  }

  private void accept() {
    while (true) {
      try {
        take(listening.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        warnings.accept("cannot take a connection: " + e + ", continuing without it");
        if (closedWithin(ACCEPT_RETRY_MILLIS)) {
          return;
        }
      }
    }
  }

  private void take(SocketChannel connection) throws IOException {
    if (open.size() >= MAX_CONNECTIONS) {
      connection.close();
      warnings.accept("a connection beyond " + MAX_CONNECTIONS + " was cut off");
      return;
    }
    open.add(connection);
    if (!listening.isOpen()) {
      connection.close(); // close() may not have seen it
    }
    // Not virtual: what a request does waits in files, pipes and native calls. See Command.
    Thread.ofPlatform().name("hook-connection").daemon(true).start(() -> serve(connection));
  }

  private boolean closedWithin(long millis) {
    try {
      return closed.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
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

  /** Takes no more connections and cuts those that are open; what they asked for goes on. */
  @Override
  public void close() throws IOException {
    closed.countDown();
    listening.close();
    for (SocketChannel connection : open) {
      connection.close();
    }
  }
}
