package org.letargo.hook.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A socket that carries frames: one byte kind, four bytes length (big endian), then the payload.
 * One thread reads; any number write. A peer that claims more than the limits is cut off before
 * anything is allocated.
 */
final class FrameChannel implements AutoCloseable {
  /** The longest JSON payload, in bytes. */
  static final int MAX_JSON_BYTES = 4 << 20;

  /** The longest INPUT or OUTPUT payload, in bytes. */
  static final int MAX_DATA_BYTES = 256 << 10;

  private static final int HEADER_BYTES = 5;

  /** A frame as it was read. */
  record Frame(FrameKind kind, byte[] payload) {}

  private final SocketChannel socket;

  /** Fair: progress must come through between the bytes of a busy stream. */
  private final ReentrantLock writing = new ReentrantLock(true);

  private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);

  FrameChannel(SocketChannel socket) {
    this.socket = socket;
  }

  /**
   * The next frame; null at the end of the connection between two frames.
   *
   * @throws IOException if the connection breaks within a frame, or the peer sends what is no frame
   */
  Frame read() throws IOException {
    header.clear();
    if (!fill(header, true)) {
      return null;
    }
    header.flip();
    int wire = header.get() & 0xff;
    int lengthBytes = header.getInt();
    FrameKind kind = FrameKind.of(wire);
    if (kind == null) {
      throw new IOException("peer sent a frame of unknown kind " + wire);
    }
    int limit =
        switch (kind) {
          case INPUT, OUTPUT, ERROR_OUTPUT -> MAX_DATA_BYTES;
          case INPUT_END -> 0;
          case REQUEST, RESIZE, PROGRESS, EVENT, RESULT, FAILURE -> MAX_JSON_BYTES;
        };
    if (lengthBytes < 0 || lengthBytes > limit) {
      throw new IOException(
          "peer sent a frame "
              + kind
              + " of "
              + Integer.toUnsignedLong(lengthBytes)
              + " bytes, "
              + limit
              + " are allowed");
    }
    ByteBuffer payload = ByteBuffer.allocate(lengthBytes);
    fill(payload, false);
    return new Frame(kind, payload.array());
  }

  void write(FrameKind kind, byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES);
    head.put((byte) kind.wire()).putInt(length).flip();
    ByteBuffer[] both = {head, ByteBuffer.wrap(bytes, offset, length)};
    writing.lock();
    try {
      while (both[0].hasRemaining() || both[1].hasRemaining()) {
        socket.write(both);
      }
    } finally {
      writing.unlock();
    }
  }

  void writeJson(FrameKind kind, Object value) throws IOException {
    byte[] json = Json.MAPPER.writeValueAsBytes(value);
    write(kind, json, 0, json.length);
  }

  private boolean fill(ByteBuffer buffer, boolean mayEnd) throws IOException {
    while (buffer.hasRemaining()) {
      if (socket.read(buffer) < 0) {
        if (mayEnd && buffer.position() == 0) {
          return false;
        }
        throw new EOFException("peer hung up within a frame");
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
