package org.letargo.manager.session;

import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.ExecReply;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.HookStream.Item;
import org.letargo.hook.protocol.TerminalSize;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.auth.Tokens;
import org.letargo.manager.json.ApiJson;
import org.letargo.manager.json.ErrorBody;
import org.letargo.manager.vps.Vps;
import org.letargo.manager.vps.VpsRegistry;
import org.letargo.manager.vps.VpsState;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;
import org.letargo.manager.web.Socket;
import org.letargo.manager.web.TokenCheck;

/** Commands and consoles, over WebSockets. */
public final class SessionRoute {
  private static final byte OUTPUT = 1;
  private static final byte ERROR_OUTPUT = 2;
  private static final int DEFAULT_ROWS = 24;
  private static final int DEFAULT_COLUMNS = 80;

  /** How long a client may take to say which command it wants. */
  private static final Duration FIRST_MESSAGE = Duration.ofSeconds(30);

  /** The first message of a command. */
  record ExecBody(List<String> command, Optional<TerminalSize> terminal) {}

  private final HookClient hook;
  private final VpsRegistry registry;
  private final TokenCheck tokens;

  public SessionRoute(HookClient hook, VpsRegistry registry, TokenCheck tokens) {
    this.hook = hook;
    this.registry = registry;
    this.tokens = tokens;
  }

  public void addTo(Endpoints endpoints) {
    endpoints.add("execInVps", this::exec).add("attachConsole", this::console);
  }

  private void exec(Call call) {
    VpsName name = running(call, "run a command in");
    upgrade(call, socket -> exec(socket, name));
  }

  private void console(Call call) {
    VpsName name = running(call, "attach to the console of");
    TerminalSize size =
        new TerminalSize(call.query("rows", DEFAULT_ROWS), call.query("columns", DEFAULT_COLUMNS));
    upgrade(call, socket -> console(socket, new HookRequest.AttachConsole(name, size)));
  }

  /** Refuses with a status what the hook would refuse later with a message. */
  private VpsName running(Call call, String verb) {
    VpsName name = new VpsName(call.path("name"));
    Vps vps = registry.get(name);
    return switch (vps.state()) {
      case VpsState.Running _, VpsState.Changing _ -> name;
      case VpsState.Stopped _, VpsState.Suspended _, VpsState.Paused _ ->
          throw VpsException.wrongState(
              name, verb, vps.state().word(), "Start, resume or unpause it first.");
    };
  }

  private void upgrade(Call call, Consumer<Socket> session) {
    call.routing()
        .request()
        .toWebSocket()
        .onFailure(call::fail)
        .onSuccess((ServerWebSocket webSocket) -> {
          Socket socket = new Socket(call.context(), webSocket);
          call.upgraded();
          call.blocking(() -> {
            try (Tokens.Watch _ = tokens.watch(call.token(), socket::revoked)) {
              session.accept(socket);
            }
          });
        });
  }

  private void exec(Socket socket, VpsName name) {
    try (HookStream<ExecReply> stream = hook.open(firstMessage(socket, name))) {
      SocketInput input = SocketInput.start(socket, stream);
      socket.end(untilEnd(input, () -> carryCommand(stream, socket)));
    } catch (VpsException e) {
      socket.end(ErrorBody.of(e));
    }
  }

  private static HookRequest.ExecInVps firstMessage(Socket socket, VpsName name) {
    Socket.Message first;
    try {
      first = socket.next(FIRST_MESSAGE);
    } catch (IOException e) {
      throw VpsException.invalid(
          "session", "it began with no message: " + e.getMessage(), "Send the command at once.");
    }
    if (!(first instanceof Socket.Message.Text(String text))) {
      throw VpsException.invalid(
          "session", "its first message is no text", "Send the command first.");
    }
    ExecBody body = ApiJson.read(text, ExecBody.class);
    return new HookRequest.ExecInVps(name, body.command(), body.terminal());
  }

  private void console(Socket socket, HookRequest.AttachConsole attach) {
    try (HookStream<Done> stream = hook.open(attach)) {
      SocketInput input = SocketInput.start(socket, stream);
      socket.end(untilEnd(input, () -> carryConsole(stream, socket)));
    } catch (VpsException e) {
      socket.end(ErrorBody.of(e));
    }
  }

  private interface Carrying {
    SessionEnd toItsEnd() throws IOException;
  }

  /** The last message of the session. */
  private static Object untilEnd(SocketInput input, Carrying carrying) {
    try {
      return carrying.toItsEnd();
    } catch (VpsException e) {
      return ErrorBody.of(input.orRefusal(e));
    } catch (IOException e) {
      return new SessionEnd.Ended(true); // the client is gone and hears nothing
    }
  }

  private static SessionEnd carryCommand(HookStream<ExecReply> stream, Socket socket)
      throws IOException {
    while (true) {
      switch (stream.next()) {
        case Item.Output<ExecReply>(byte[] bytes) -> socket.binary(marked(OUTPUT, bytes));
        case Item.ErrorOutput<ExecReply>(byte[] bytes) ->
            socket.binary(marked(ERROR_OUTPUT, bytes));
        case Item.Finished<ExecReply>(ExecReply reply) -> {
          return new SessionEnd.Exited(reply.exitStatus());
        }
        case Item.Progressed<ExecReply> _, Item.Event<ExecReply> _ -> {}
      }
    }
  }

  private static SessionEnd carryConsole(HookStream<Done> stream, Socket socket)
      throws IOException {
    while (true) {
      switch (stream.next()) {
        case Item.Output<Done>(byte[] bytes) -> socket.binary(bytes);
        case Item.Finished<Done> _ -> {
          return new SessionEnd.Ended(true);
        }
        case Item.ErrorOutput<Done> _, Item.Progressed<Done> _, Item.Event<Done> _ -> {}
      }
    }
  }

  private static byte[] marked(byte stream, byte[] bytes) {
    byte[] marked = new byte[bytes.length + 1];
    marked[0] = stream;
    System.arraycopy(bytes, 0, marked, 1, bytes.length);
    return marked;
  }
}
