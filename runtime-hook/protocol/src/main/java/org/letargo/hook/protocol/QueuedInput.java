package org.letargo.hook.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * What the caller of a request sends, from the thread that reads its frames to the handler.
 * Bounded, so that a fast sender waits for a slow handler.
 */
final class QueuedInput extends InputStream {
  /** At most 4 MiB lie here. */
  private static final int QUEUED_PARTS = 16;

  private static final byte[] END = new byte[0];
  private static final byte[] BROKEN = new byte[0];

  private final BlockingQueue<byte[]> parts = new ArrayBlockingQueue<>(QUEUED_PARTS);

  /** Of the sending thread: whether END was put, after which nothing may come. */
  private boolean endSent;

  /** Of the handler's thread. */
  private byte[] current = new byte[0];

  private int position;

  /** Hands over a part; waits for room. */
  void put(byte[] part) throws IOException, InterruptedException {
    if (endSent) {
      throw new IOException("a client sent input after its end");
    }
    if (part.length > 0) {
      parts.put(part);
    }
  }

  /** The caller said that this was all. */
  void putEnd() throws IOException, InterruptedException {
    if (endSent) {
      throw new IOException("a client ended its input twice");
    }
    endSent = true;
    parts.put(END);
  }

  /** The caller is gone; who reads learns it unless the end came before. */
  void putBroken() throws InterruptedException {
    if (!endSent) {
      parts.put(BROKEN);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (position == current.length) {
      if (current == END) {
        return -1;
      }
      if (current == BROKEN) {
        throw new EOFException("the caller hung up before its input ended");
      }
      take();
    }
    int count = Math.min(length, current.length - position);
    System.arraycopy(current, position, bytes, offset, count);
    position += count;
    return count;
  }

  private void take() throws IOException {
    try {
      current = parts.take();
      position = 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for input", e);
    }
  }
}
