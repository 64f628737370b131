package org.letargo.manager.session;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.json.ApiJson;
import org.letargo.manager.web.Socket;

/** Carries what the client of a session sends to the hook, until the client or the hook ends it. */
final class SocketInput {
  private final Socket socket;
  private final HookStream<?> stream;
  private final AtomicReference<VpsException> refusal = new AtomicReference<>();

  private SocketInput(Socket socket, HookStream<?> stream) {
    this.socket = socket;
    this.stream = stream;
  }

  /** Starts to carry, on a virtual thread. */
  static SocketInput start(Socket socket, HookStream<?> stream) {
    SocketInput input = new SocketInput(socket, stream);
    Thread.ofVirtual().name("session-input").start(input::carry);
    return input;
  }

  /**
   * What to tell the client when the session is over: that its message was wrong, or how it ended.
   */
  VpsException orRefusal(VpsException ending) {
    VpsException refused = refusal.get();
    return refused == null ? ending : refused;
  }

  private void carry() {
    try {
      while (true) {
        switch (socket.next()) {
          case Socket.Message.Binary(byte[] bytes) -> stream.input().write(bytes);
          case Socket.Message.Text(String text) -> obey(ApiJson.read(text, ClientMessage.class));
          case Socket.Message.Closed _ -> {
            stream.close();
            return;
          }
        }
      }
    } catch (VpsException e) {
      refusal.set(e);
      stream.close();
    } catch (IOException e) {
      awaitClose(); // the hook takes no more; how it ended goes to the client by the other thread
    }
  }

  private void obey(ClientMessage message) throws IOException {
    if (message.resize().isPresent()) {
      stream.resize(message.resize().get());
    } else if (message.inputEnd().orElse(false)) {
      stream.input().close();
    }
  }

  /** A client that goes away must still end what runs. */
  private void awaitClose() {
    try {
      while (!(socket.next() instanceof Socket.Message.Closed)) {
        // nobody wants it
      }
    } catch (IOException e) {
      // as good as closed
    }
    stream.close();
  }
}
