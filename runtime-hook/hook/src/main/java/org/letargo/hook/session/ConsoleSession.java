package org.letargo.hook.session;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.TerminalSize;
import org.letargo.hook.vps.VpsFolder;
import org.letargo.linux.NativeException;
import org.letargo.linux.SeqpacketSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console of a VPS, through conmon's attach socket: packets from conmon begin with 2 (output)
 * or 3 (error output), packets to it are plain input. What was shown before comes first, from
 * conmon's log, so the history outlives suspension.
 */
public final class ConsoleSession {
  private static final Logger LOG = LoggerFactory.getLogger(ConsoleSession.class);

  /** conmon sends at most 8,192 bytes and the stream's number at a time. */
  private static final int PACKET_BYTES = 32 << 10;

  private static final int HISTORY_BYTES = 32 << 10;

  private final VpsFolder folder;
  private final HookExchange exchange;

  public ConsoleSession(VpsFolder folder, HookExchange exchange) {
    this.folder = folder;
    this.exchange = exchange;
  }

  /** Ends when the VPS's terminal does or the caller hangs up. */
  public Done run(TerminalSize size) {
    Path attach = folder.run().resolve("attach");
    try (SeqpacketSocket conmon = SeqpacketSocket.connect(attach)) {
      exchange.onHangUp(conmon::shutdown);
      exchange.onResize(this::resize);
      byte[] history = ConsoleLog.tail(folder.consoleLog(), HISTORY_BYTES);
      exchange.output(history, 0, history.length);
      resize(size);
      Thread input =
          Thread.ofPlatform() // sending may wait in a native call
              .name("console-in-" + folder.name())
              .daemon(true)
              .start(() -> sendInput(conmon));
      Thread output =
          Thread.ofPlatform()
              .name("console-out-" + folder.name())
              .daemon(true)
              .start(() -> relayOutput(conmon));
      output.join();
      input.interrupt();
      return new Done();
    } catch (NativeException e) {
      throw DurableFiles.failed(
          "cannot attach to the console of VPS '" + folder.name() + "'",
          new IOException(e.getMessage(), e));
    } catch (IOException e) {
      throw DurableFiles.failed("the console of VPS '" + folder.name() + "' broke", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Done();
    }
  }

  private void relayOutput(SeqpacketSocket conmon) {
    byte[] packet = new byte[PACKET_BYTES];
    try {
      for (int n = conmon.receive(packet); n > 0; n = conmon.receive(packet)) {
        exchange.output(packet, 1, n - 1);
      }
    } catch (IOException e) {
      LOG.debug("vps={} the console's caller is gone", folder.name());
    } catch (NativeException e) {
      LOG.debug("vps={} the console ended: {}", folder.name(), e.getMessage());
    }
  }

  private void sendInput(SeqpacketSocket conmon) {
    try {
      InputStream from = exchange.input();
      byte[] buffer = new byte[4096];
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        conmon.send(buffer, 0, n);
      }
    } catch (IOException | NativeException e) {
      LOG.debug("vps={} the console's input ended: {}", folder.name(), e.getMessage());
    }
  }

  /** conmon reads lines {@code 1 ROWS COLUMNS} from its control fifo. */
  private void resize(TerminalSize size) {
    String line = "1 " + size.rows() + " " + size.columns() + "\n";
    try {
      Files.write(
          folder.run().resolve("ctl"),
          line.getBytes(StandardCharsets.US_ASCII),
          StandardOpenOption.WRITE);
    } catch (IOException e) {
      LOG.debug("vps={} cannot resize the console: {}", folder.name(), e.getMessage());
    }
  }
}
