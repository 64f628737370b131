package org.letargo.hook.session;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on what a program says, on a thread of its own: not a virtual one, a pipe is waited for in
 * a native call.
 */
final class OutputRelay {
  private static final Logger LOG = LoggerFactory.getLogger(OutputRelay.class);
  private static final int BUFFER_BYTES = 32 << 10;

  /** Where it goes; may block. */
  interface Sink {
    void take(byte[] bytes, int offset, int length) throws IOException;
  }

  private final InputStream from;
  private final Sink to;
  private final Thread thread;

  /** Grows whenever something comes or was passed on. */
  private volatile long steps;

  /** Whether nothing is on its way to the sink. */
  private volatile boolean waits;

  private OutputRelay(String name, InputStream from, Sink to) {
    this.from = from;
    this.to = to;
    this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
  }

  /** Begins. The stream is closed at its end, or when the sink takes no more. */
  static OutputRelay start(String name, InputStream from, Sink to) {
    OutputRelay relay = new OutputRelay(name, from, to);
    relay.thread.start();
    return relay;
  }

  private void run() {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from) {
      for (int n = read(buffer); n >= 0; n = read(buffer)) {
        to.take(buffer, 0, n);
        steps++; // only this thread writes it
      }
    } catch (IOException e) {
      LOG.debug("{}: the caller of a command is gone", thread.getName());
    }
  }

  private int read(byte[] buffer) throws IOException {
    waits = true;
    int count = from.read(buffer);
    waits = false;
    steps++;
    return count;
  }

  /**
   * Waits until all is passed on; called when the program has ended. A child that it left behind
   * may keep the output open for ever, so it counts as ended when nothing has come for so long. How
   * long the sink takes does not count.
   */
  void awaitEnd(Duration silence) throws InterruptedException {
    long seen;
    do {
      seen = steps;
      thread.join(silence);
    } while (thread.isAlive() && (steps != seen || !waits));
  }
}
