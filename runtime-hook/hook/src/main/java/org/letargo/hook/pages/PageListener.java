package org.letargo.hook.pages;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port on loopback for one connection of the engine: whoever else comes is cut off, and once the
 * engine is there nobody can come any more. One thread accepts and uses the connection, any thread
 * may close it.
 */
final class PageListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PageListener.class);
  private static final int BACKLOG = 4;

  private final ServerSocketChannel listening;
  private final InetSocketAddress address;
  private PageStream stream; // guarded by this
  private boolean closed; // guarded by this

  PageListener() throws IOException {
    this.listening = ServerSocketChannel.open(StandardProtocolFamily.INET);
    try {
      listening.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), BACKLOG);
      this.address = (InetSocketAddress) listening.getLocalAddress();
    } catch (Throwable e) {
      listening.close();
      throw e;
    }
  }

  String host() {
    return address.getAddress().getHostAddress();
  }

  int port() {
    return address.getPort();
  }

  /**
   * Waits for the engine.
   *
   * @return the connection, which is closed with this
   */
  PageStream accept(PeerProgram engine, Duration patience) throws IOException {
    try (listening) {
      while (true) {
        SocketChannel connection = listening.accept();
        PeerSocket peer;
        try {
          peer = engine.require(connection);
        } catch (IOException e) {
          LOG.warn("{} was connected to and cut it off: {}", address, e.getMessage());
          connection.close();
          continue;
        }
        // an answer is more than one segment, and the last of them would wait up to 50 ms until the
        // engine acknowledges the first: at every few faults of a lazy resume
        connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return register(new PageStream(connection, peer, patience));
      }
    }
  }

  private synchronized PageStream register(PageStream connected) throws IOException {
    stream = connected;
    if (closed) {
      connected.close();
    }
    return connected;
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    listening.close();
    if (stream != null) {
      stream.close();
    }
  }
}
