package org.letargo.hook.protocol.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.ExecReply;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.TerminalSize;
import org.letargo.hook.protocol.VpsEvent;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;

/** Commands and consoles in VPSes that are not there. */
final class FakeSessions {
  /** What a shell answers for a command that it does not find. */
  private static final int NOT_FOUND = 127;

  private final FakeHost host;

  FakeSessions(FakeHost host) {
    this.host = host;
  }

  /**
   * Knows true, false, echo WORDS, cat, cat FILE, and of {@code sh -c}: {@code exit N}, {@code echo
   * W >&2} and {@code echo W > FILE}.
   */
  ExecReply exec(HookRequest.ExecInVps request, HookExchange exchange) {
    requireRunning("run a command in", request.name());
    List<String> command = request.command();
    try {
      request.terminal().ifPresent(size -> terminal(exchange, size));
      return new ExecReply(
          switch (command.getFirst()) {
            case "true" -> 0;
            case "false" -> 1;
            case "echo" -> print(exchange, String.join(" ", command.subList(1, command.size())));
            case "cat" ->
                command.size() == 1 ? cat(exchange) : cat(request.name(), exchange, command.get(1));
            case "sh" -> shell(request.name(), exchange, command.getLast());
            default -> complain(exchange, command.getFirst() + ": not found", NOT_FOUND);
          });
    } catch (IOException e) {
      throw VpsException.internal("the command lost its caller", e);
    }
  }

  /** Shows each size that the terminal gets, as a line {@code [ROWSxCOLUMNS]}. */
  private static void terminal(HookExchange exchange, TerminalSize first) {
    showSize(exchange, first);
    exchange.onResize(size -> showSize(exchange, size));
  }

  private static void showSize(HookExchange exchange, TerminalSize size) {
    try {
      print(exchange, "[" + size.rows() + "x" + size.columns() + "]");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int shell(VpsName name, HookExchange exchange, String script) throws IOException {
    if (script.startsWith("exit ")) {
      return Integer.parseInt(script.substring("exit ".length()));
    }
    if (script.startsWith("echo ") && script.endsWith(" >&2")) {
      String words = script.substring("echo ".length(), script.length() - " >&2".length());
      return complain(exchange, words, 0);
    }
    int arrow = script.indexOf(" > /");
    if (script.startsWith("echo ") && arrow > 0) {
      String path = script.substring(arrow + " > ".length());
      host.files().write(name, path, script.substring("echo ".length(), arrow));
      return 0;
    }
    return complain(exchange, "sh: the fake does not know: " + script, NOT_FOUND);
  }

  private int cat(VpsName name, HookExchange exchange, String path) throws IOException {
    Optional<String> content = host.files().read(name, path);
    return content.isPresent()
        ? print(exchange, content.get())
        : complain(exchange, "cat: can't open '" + path + "': No such file or directory", 1);
  }

  private static int cat(HookExchange exchange) throws IOException {
    copy(exchange.input(), exchange);
    return 0;
  }

  /** Shows a banner and the terminal's sizes, and echoes what is typed, until the VPS ends. */
  Done console(HookRequest.AttachConsole request, HookExchange exchange) {
    BlockingQueue<Optional<VpsEvent>> events = host.watch(); // before the look: no end is missed
    exchange.onHangUp(() -> host.unwatch(events));
    try {
      requireRunning("attach to the console of", request.name());
      print(exchange, request.name() + " login:");
      terminal(exchange, request.size());
      Thread.ofVirtual().name("fake-console").start(() -> echo(exchange));
      while (true) {
        Optional<VpsEvent> event = events.take();
        if (event.isEmpty() || endsConsole(event.get(), request.name())) {
          return new Done();
        }
      }
    } catch (IOException e) {
      return new Done(); // the caller hung up
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Done();
    } finally {
      host.unwatch(events);
    }
  }

  private static boolean endsConsole(VpsEvent event, VpsName name) {
    if (!event.name().equals(name)) {
      return false;
    }
    return event
        .vps()
        .map(vps ->
            switch (vps.status()) {
              case VpsStatus.Running _, VpsStatus.Paused _ -> false;
              case VpsStatus.Stopped _, VpsStatus.Suspended _ -> true;
            })
        .orElse(true);
  }

  private static void echo(HookExchange exchange) {
    try {
      copy(exchange.input(), exchange);
    } catch (IOException e) {
      // the caller hung up, which ends the console
    }
  }

  private static void copy(InputStream in, HookExchange exchange) throws IOException {
    byte[] block = new byte[64 << 10];
    for (int count = in.read(block); count >= 0; count = in.read(block)) {
      exchange.output(block, 0, count);
    }
  }

  private void requireRunning(String verb, VpsName name) {
    VpsStatus status = host.find(name).status();
    if (!(status instanceof VpsStatus.Running)) {
      throw VpsException.wrongState(name, verb, status.word(), "Start or resume it first.");
    }
  }

  private static int print(HookExchange exchange, String line) throws IOException {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.output(bytes, 0, bytes.length);
    return 0;
  }

  private static int complain(HookExchange exchange, String line, int status) throws IOException {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.errorOutput(bytes, 0, bytes.length);
    return status;
  }
}
