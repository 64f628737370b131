package org.letargo.hook.template;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Reads all that a program says and keeps the last of it, for the message when it fails. */
final class LastLines {
  private static final int KEPT = 4;
  private static final int MAX_LINE = 300;

  private final Deque<String> lines = new ArrayDeque<>();
  private Thread reader;

  /** Starts to read, to the end of the stream. */
  static LastLines of(InputStream stream) {
    LastLines last = new LastLines();
    last.reader = Thread.ofPlatform().daemon(true).start(() -> last.read(stream));
    return last;
  }

  private void read(InputStream stream) {
    try (var in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (lines) {
          lines.addLast(line.substring(0, Math.min(line.length(), MAX_LINE)).strip());
          if (lines.size() > KEPT) {
            lines.removeFirst();
          }
        }
      }
    } catch (IOException e) {
      // the program is gone; what it said so far is what there is
    }
  }

  /** The last lines in one, once the program has ended. */
  String text() throws InterruptedException {
    reader.join(Duration.ofSeconds(2));
    synchronized (lines) {
      return String.join(" | ", lines);
    }
  }
}
