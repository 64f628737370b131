package org.letargo.manager.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.letargo.hook.protocol.Json;
import org.letargo.manager.json.ApiJson;
import org.letargo.manager.json.ErrorBody;

/**
 * An answer that begins before it is known how all ends: a byte for the kind, four bytes of length
 * (big endian), and so many bytes.
 */
final class PeerFrames {
  private static final byte BYTES = 1;
  private static final byte DONE = 2;
  private static final byte FAILED = 3;
  private static final int MAX_BYTES = 256 << 10;

  /** What comes. */
  sealed interface Frame {
    record Bytes(byte[] bytes) implements Frame {}

    /** It went well; the last one. */
    record Done() implements Frame {}

    /** It did not; the last one. */
    record Failed(JsonNode error) implements Frame {}
  }

  private PeerFrames() {}

  static byte[] bytes(byte[] payload) {
    return frame(BYTES, payload);
  }

  static byte[] done() {
    return frame(DONE, new byte[0]);
  }

  static byte[] failed(ErrorBody error) {
    return frame(FAILED, ApiJson.bytes(error));
  }

  private static byte[] frame(byte kind, byte[] payload) {
    return ByteBuffer.allocate(1 + Integer.BYTES + payload.length)
        .put(kind)
        .putInt(payload.length)
        .put(payload)
        .array();
  }

  /**
   * Reads the next one; it is hostile.
   *
   * @throws IOException also if it is none, or longer than any of ours
   */
  static Frame read(InputStream in) throws IOException {
    ByteBuffer head = ByteBuffer.wrap(exactly(in, 1 + Integer.BYTES));
    byte kind = head.get();
    int length = head.getInt();
    if (length < 0 || length > MAX_BYTES) {
      throw new IOException("a part of its answer claims " + length + " bytes");
    }
    byte[] payload = exactly(in, length);
    return switch (kind) {
      case BYTES -> new Frame.Bytes(payload);
      case DONE -> new Frame.Done();
      case FAILED -> new Frame.Failed(Json.MAPPER.readTree(payload).path("error"));
      default -> throw new IOException("a part of its answer is of kind " + kind);
    };
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("its answer ended early");
    }
    return bytes;
  }
}
