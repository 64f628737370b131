package org.letargo.hook.protocol;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;

/**
 * Takes connections from a listening Unix socket and lets a {@link HookHandler} answer them, each
 * on a virtual thread. Whoever connects must be one of the allowed users; all others are cut off
 * unheard.
 */
public final class HookServer implements AutoCloseable {
  private final ServerSocketChannel listening;
  private final Set<String> allowedUsers;
  private final HookHandler handler;
  private final Consumer<String> warnings;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

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
    while (listening.isOpen()) {
      try {
        SocketChannel connection = listening.accept();
        open.add(connection);
        Thread.ofVirtual().name("hook-connection").start(() -> serve(connection));
      } catch (AsynchronousCloseException e) {
        return;
      } catch (IOException e) {
        warnings.accept("cannot take a connection: " + e + ", continuing without it");
      }
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
    } catch (IOException e) {
      warnings.accept("a connection broke: " + e.getMessage());
    } finally {
      open.remove(connection);
    }
  }

  /** Takes no more connections and cuts those that are open; what they asked for goes on. */
  @Override
  public void close() throws IOException {
    listening.close();
    for (SocketChannel connection : open) {
      connection.close();
    }
  }
}
