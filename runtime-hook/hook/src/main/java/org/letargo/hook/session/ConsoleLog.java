package org.letargo.hook.session;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * conmon's log of a console, in the format of the kubelet: lines {@code TIME stdout F|P TEXT}, F
 * for a line that ended, P for one that did not.
 */
final class ConsoleLog {
  /** Each logged line carries this many bytes more than was written, about. */
  private static final int OVERHEAD_FACTOR = 2;

  private ConsoleLog() {}

  /** The last bytes that were written to the console; none if there is no log. */
  static byte[] tail(Path log, int wantedBytes) throws IOException {
    byte[] text = raw(lastBytes(log, wantedBytes * OVERHEAD_FACTOR));
    return text.length <= wantedBytes
        ? text
        : Arrays.copyOfRange(text, text.length - wantedBytes, text.length);
  }

  private static byte[] lastBytes(Path log, int count) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(log)) {
      long start = Math.max(0, channel.size() - count);
      channel.position(start);
      ByteBuffer bytes = ByteBuffer.allocate((int) (channel.size() - start));
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // until the end as it was when we looked
      }
      int from = start == 0 ? 0 : indexOf(bytes.array(), '\n', 0, bytes.position()) + 1;
      return Arrays.copyOfRange(bytes.array(), from, bytes.position());
    } catch (NoSuchFileException e) {
      return new byte[0];
    }
  }

  private static byte[] raw(byte[] logged) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(logged.length);
    int start = 0;
    while (start < logged.length) {
      int end = indexOf(logged, '\n', start, logged.length);
      int stop = end < 0 ? logged.length : end;
      appendLine(logged, start, stop, text);
      start = stop + 1;
    }
    return text.toByteArray();
  }

  private static void appendLine(byte[] logged, int start, int stop, ByteArrayOutputStream text) {
    int stream = indexOf(logged, ' ', start, stop);
    int flag = stream < 0 ? -1 : indexOf(logged, ' ', stream + 1, stop);
    if (flag < 0 || flag + 2 > stop) {
      return; // no line of conmon's
    }
    int content = Math.min(flag + 3, stop);
    text.write(logged, content, stop - content);
    if (logged[flag + 1] == 'F') {
      text.writeBytes("\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static int indexOf(byte[] bytes, char wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
