package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The bytes between this process and something that runs in a VPS, 8-bit clean both ways. */
final class VpsShell {
  /** Ctrl-] leaves the console, as it leaves telnet(1) and systemd-nspawn(1). */
  static final int DETACH = 0x1d;

  private static final int STDOUT = 1;
  private static final int BUFFER = 32 << 10;

  private VpsShell() {}

  /** What an exec sends: the first byte of each message says which stream it is of. */
  static final class Streams implements Tunnel.Sink {
    private final OutputStream out;
    private final OutputStream err;
    private boolean tagDue;
    private OutputStream current;

    Streams(Environment environment) {
      this.out = environment.out();
      this.err = environment.err();
      this.current = out;
    }

    @Override
    public void accept(ByteBuffer data, boolean first) throws IOException {
      tagDue |= first;
      if (tagDue && data.hasRemaining()) {
        current = data.get() == STDOUT ? out : err;
        tagDue = false;
      }
      write(data, current);
    }
  }

  /** Writes what is left of it. */
  static void write(ByteBuffer data, OutputStream to) throws IOException {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    to.write(bytes);
    to.flush();
  }

  /**
   * Sends standard input until it ends, on a thread that does not keep the process alive: nothing
   * can wake a read of a terminal.
   *
   * @param atEnd what to do when it ends
   */
  static void pump(InputStream in, Tunnel tunnel, boolean detachable, Runnable atEnd) {
    Thread.ofPlatform()
        .daemon()
        .name("letargo-input")
        .start(() -> {
          byte[] buffer = new byte[BUFFER];
          try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
              int detach = detachable ? indexOf(buffer, count) : -1;
              tunnel.sendBinary(buffer, detach < 0 ? count : detach);
              if (detach >= 0) {
                tunnel.detach();
                return;
              }
            }
          } catch (IOException closed) {
            // as if it had ended
          }
          atEnd.run();
        });
  }

  private static int indexOf(byte[] buffer, int count) {
    for (int index = 0; index < count; index++) {
      if (buffer[index] == DETACH) {
        return index;
      }
    }
    return -1;
  }

  /**
   * Waits in raw mode, telling the other side each new size of the window.
   *
   * @return the last word of the other side
   */
  static JsonNode interact(Environment environment, Tunnel tunnel) throws InterruptedException {
    Terminal terminal = environment.terminal();
    terminal.onResize(() -> tunnel.sendSize(terminal.size()));
    return tunnel.await();
  }
}
