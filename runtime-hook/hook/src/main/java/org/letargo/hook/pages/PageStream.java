package org.letargo.hook.pages;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * A connection that one thread reads and writes and any thread may close, which ends what the first
 * one waits for. A peer that neither sends nor takes anything for too long is a failure; one that
 * is silent for a moment is made to send what it may hold back.
 */
final class PageStream implements AutoCloseable {
  /** Short beside the 200 ms that are saved, long beside what a look costs. */
  private static final Duration MOMENT = Duration.ofMillis(3);

  private final SocketChannel channel;
  private final PeerSocket peer;
  private final Selector selector;
  private final SelectionKey key;
  private final Duration patience;

  /**
   * @param channel closed with this, and also if this cannot be made
   * @param patience how long the peer may be silent; more than zero
   */
  PageStream(SocketChannel channel, PeerSocket peer, Duration patience) throws IOException {
    this.channel = channel;
    this.peer = peer;
    this.patience = patience;
    try {
      channel.configureBlocking(false);
      this.selector = Selector.open();
      this.key = channel.register(selector, SelectionKey.OP_READ);
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Reads until a buffer is full.
   *
   * @throws EOFException if the peer closed before
   */
  void fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      require(channel.read(buffer));
    }
  }

  /**
   * Reads until the first buffer is full, and what is there already into the second one, which is
   * not full.
   */
  void fill(ByteBuffer first, ByteBuffer next) throws IOException {
    ByteBuffer[] both = {first, next};
    while (first.hasRemaining()) {
      require(channel.read(both));
    }
  }

  private void require(long count) throws IOException {
    if (count < 0) {
      throw new EOFException("the connection ended early");
    }
    if (count == 0) {
      await(SelectionKey.OP_READ);
    }
  }

  /** Reads what is there, at least one byte; false at the end of the connection. */
  private boolean readSome(ByteBuffer buffer) throws IOException {
    int count = channel.read(buffer);
    while (count == 0) {
      await(SelectionKey.OP_READ);
      count = channel.read(buffer);
    }
    return count > 0;
  }

  /** Writes all of them. */
  void write(ByteBuffer... buffers) throws IOException {
    ByteBuffer last = buffers[buffers.length - 1];
    while (last.hasRemaining()) {
      if (channel.write(buffers) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  private void await(int event) throws IOException {
    try {
      key.interestOps(event);
      long endNanos = System.nanoTime() + patience.toNanos();
      while (selector.select(MOMENT.toMillis()) == 0) {
        if (Thread.currentThread().isInterrupted() || !channel.isOpen()) {
          throw new IOException("the connection was closed");
        }
        if (System.nanoTime() - endNanos >= 0) {
          throw new IOException(
              "the peer neither sent nor took anything for " + patience.toSeconds() + " s");
        }
        if (event == SelectionKey.OP_READ) {
          peer.flush();
        }
      }
      selector.selectedKeys().clear();
    } catch (CancelledKeyException | ClosedSelectorException e) {
      throw new IOException("the connection was closed", e);
    }
  }

  /** Waits until the peer has closed; what it still sends is a failure. */
  void awaitEnd() throws IOException {
    if (readSome(ByteBuffer.allocate(1))) {
      throw new IOException("the peer went on after the end");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    selector.close(); // wakes who selects
  }
}
