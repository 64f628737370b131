package org.letargo.hook.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.ExecReply;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.TerminalSize;
import org.letargo.hook.runtime.Runc;
import org.letargo.hook.runtime.RuncMessages;
import org.letargo.linux.PtyMaster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One command in a running VPS, with pipes or with a terminal. It ends with the command; a caller
 * that hangs up ends the command.
 */
public final class ExecSession {
  private static final Logger LOG = LoggerFactory.getLogger(ExecSession.class);
  private static final int BUFFER_BYTES = 32 << 10;

  private final Runc runc;
  private final HookRequest.ExecInVps request;
  private final HookExchange exchange;

  public ExecSession(Runc runc, HookRequest.ExecInVps request, HookExchange exchange) {
    this.runc = runc;
    this.request = request;
    this.exchange = exchange;
  }

  /** Runs it to its end. */
  public ExecReply run() {
    try {
      Path log = Files.createTempFile("letargo-exec-", ".log");
      try {
        int status =
            request.terminal().isPresent()
                ? withTerminal(request.terminal().get(), log)
                : withPipes(log);
        return new ExecReply(RuncMessages.notRun(Files.readString(log), status));
      } finally {
        Files.deleteIfExists(log);
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot run a command in VPS '" + request.name() + "'", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DurableFiles.failed("the command was interrupted", new IOException(e));
    }
  }

  private int withPipes(Path log) throws IOException, InterruptedException {
    Process process =
        runc.exec(request.name(), request.command(), false, log)
            .start(ProcessBuilder.Redirect.PIPE);
    exchange.onHangUp(() -> kill(process));
    Thread input = start("in", () -> sendInput(process.getOutputStream()));
    Thread output = start("out", () -> relay(process.getInputStream(), exchange::output));
    relay(process.getErrorStream(), exchange::errorOutput);
    output.join();
    int status = process.waitFor();
    input.interrupt();
    return status;
  }

  private int withTerminal(TerminalSize size, Path log) throws IOException, InterruptedException {
    try (PtyMaster master = PtyMaster.open()) {
      master.resize(size.rows(), size.columns());
      Path slave = master.slave();
      Process process =
          runc.exec(request.name(), request.command(), true, log).startOnTerminal(slave);
      exchange.onHangUp(() -> kill(process));
      exchange.onResize(next -> master.resize(next.rows(), next.columns()));
      Thread input = start("in", () -> sendInput(new ToTerminal(master)));
      Thread output = start("out", () -> relayTerminal(master));
      int status = process.waitFor();
      output.join(2000); // what is still in the terminal; a background child may keep it open
      input.interrupt();
      return status;
    }
  }

  /** Not a virtual thread: pipes and terminals are waited for in native calls. */
  private Thread start(String direction, Runnable work) {
    return Thread.ofPlatform()
        .name("exec-" + direction + "-" + request.name())
        .daemon(true)
        .start(work);
  }

  private void relayTerminal(PtyMaster master) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      for (int n = master.read(buffer); n >= 0; n = master.read(buffer)) {
        exchange.output(buffer, 0, n);
      }
    } catch (IOException e) {
      LOG.debug("vps={} the caller of a command is gone", request.name());
    }
  }

  private void sendInput(OutputStream to) {
    try (to) {
      InputStream from = exchange.input();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        to.write(buffer, 0, n);
        to.flush();
      }
    } catch (IOException e) {
      LOG.debug("vps={} input of a command ended early: {}", request.name(), e.getMessage());
    }
  }

  private interface Sink {
    void take(byte[] bytes, int offset, int length) throws IOException;
  }

  private void relay(InputStream from, Sink to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from) {
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        to.take(buffer, 0, n);
      }
    } catch (IOException e) {
      LOG.debug("vps={} the caller of a command is gone", request.name());
    }
  }

  /** runc passes SIGTERM on to the command; a SIGKILL would leave the command behind. */
  private static void kill(Process process) {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    process.destroy();
    all.forEach(ProcessHandle::destroy);
  }

  /** Ends without hanging up: a closed input is no reason to end what runs on a terminal. */
  private static final class ToTerminal extends OutputStream {
    private final PtyMaster master;

    ToTerminal(PtyMaster master) {
      this.master = master;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      master.write(bytes, offset, length);
    }
  }
}
