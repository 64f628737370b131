package org.letargo.integration.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the engine's {@code stats-dump} (CRIU, images/stats.proto): magic numbers, the length of
 * the message, the message; in it field 1, the dump's entry, whose field 2 is the frozen time.
 */
public final class EngineStatistics {
  private static final int MAGICS_BYTES = 8;
  private static final int DUMP = 1;
  private static final int FROZEN_MICROS = 2;
  private static final int VARINT = 0;
  private static final int BYTES = 2;

  private EngineStatistics() {}

  /** For how long the tasks stood still. */
  public static double frozenSeconds(Path statsDump) {
    try {
      return frozenSeconds(Files.readAllBytes(statsDump));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static double frozenSeconds(byte[] file) {
    ByteBuffer message = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    message.position(MAGICS_BYTES);
    ByteBuffer dump = enter(message.slice(MAGICS_BYTES + 4, message.getInt()));
    while (dump.hasRemaining()) {
      long key = varint(dump);
      long value = varint(dump);
      if (key == (FROZEN_MICROS << 3 | VARINT)) {
        return value / 1e6;
      }
    }
    throw new IllegalArgumentException("no frozen time in stats-dump");
  }

  private static ByteBuffer enter(ByteBuffer message) {
    if (varint(message) != (DUMP << 3 | BYTES)) {
      throw new IllegalArgumentException("stats-dump does not begin with the entry of a dump");
    }
    int length = (int) varint(message);
    return message.slice(message.position(), length);
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
