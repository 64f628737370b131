package org.letargo.hook.preflight;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads files of /proc: they have no size beforehand, and most are short. Bytes become characters
 * one by one, because names in them may be any bytes.
 */
final class ProcFile {
  /** Longer ones are cut: the largest, mappings of 65,530 areas, have some 10 MB. */
  private static final int MOST_BYTES = 32 << 20;

  private static final ThreadLocal<byte[]> BUFFER = ThreadLocal.withInitial(() -> new byte[8192]);

  private ProcFile() {}

  /** The text of a file. */
  static String read(String path) throws IOException {
    try (FileInputStream in = new FileInputStream(path)) {
      byte[] buffer = BUFFER.get();
      int length = 0;
      for (int n = in.read(buffer, 0, buffer.length);
          n > 0 && length < MOST_BYTES;
          n = in.read(buffer, length, buffer.length - length)) {
        length += n;
        if (length == buffer.length) {
          buffer = Arrays.copyOf(buffer, 2 * buffer.length);
        }
      }
      return new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
    }
  }

  /** The text of a file; empty if it is gone or cannot be read. */
  static String readIfThere(String path) {
    try {
      return read(path);
    } catch (IOException e) {
      return "";
    }
  }

  /** As people read it, where the bytes are UTF-8. */
  static String shown(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
