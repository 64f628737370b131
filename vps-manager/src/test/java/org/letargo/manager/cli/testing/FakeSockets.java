package org.letargo.manager.cli.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Commands and consoles of VPSes that are only names. A command is what its first word says: {@code
 * cat} sends its input back, {@code exit N} ends with N after a word on its standard error, {@code
 * flood N} writes N bytes, {@code vanish} loses the connection. A command with a terminal sends
 * back what is typed and ends with 7 at Ctrl-D. A console sends back what is typed and ends at
 * Ctrl-D.
 */
public final class FakeSockets {
  private static final int CTRL_D = 4;

  private final JsonMapper json = new JsonMapper();
  private final List<String> texts = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream typed = new ByteArrayOutputStream();

  /** Every text message that came. */
  public List<String> texts() {
    return texts;
  }

  /** Every byte that came. */
  public byte[] typed() {
    synchronized (typed) {
      return typed.toByteArray();
    }
  }

  void accept(HttpServerRequest request) {
    boolean console = request.path().endsWith("/console");
    request.toWebSocket().onSuccess(socket -> serve(socket, console));
  }

  private void serve(ServerWebSocket socket, boolean console) {
    socket.textMessageHandler(text -> {
      texts.add(text);
      JsonNode message = read(text);
      if (message.has("command")) {
        run(socket, message);
      } else if (message.has("inputEnd")) {
        end(socket, "{\"exitStatus\":0}");
      }
    });
    socket.binaryMessageHandler(data -> {
      synchronized (typed) {
        typed.writeBytes(data.getBytes());
      }
      socket.writeBinaryMessage(console ? data : tagged(1, data));
      if (data.length() > 0 && data.getByte(data.length() - 1) == CTRL_D) {
        end(socket, console ? "{\"ended\":true}" : "{\"exitStatus\":7}");
      }
    });
    if (console) {
      socket.writeBinaryMessage(Buffer.buffer("login: "));
    }
  }

  private void run(ServerWebSocket socket, JsonNode message) {
    JsonNode command = message.path("command");
    switch (command.path(0).asText()) {
      case "exit" -> {
        socket.writeBinaryMessage(tagged(1, Buffer.buffer("out\n")));
        socket.writeBinaryMessage(tagged(2, Buffer.buffer("err\n")));
        end(socket, "{\"exitStatus\":" + command.path(1).asText() + "}");
      }
      case "flood" -> flood(socket, command.path(1).asLong());
      case "vanish" -> socket.close((short) 1011, "gone");
      case "missing" ->
          end(
              socket,
              "{\"error\":{\"code\":\"NOT_FOUND\",\"what\":\"cannot run 'missing'\",\"why\":\"there is no such"
                  + " program\",\"remedy\":\"Install it.\"}}");
      default -> {} // cat, and whatever has a terminal
    }
  }

  private void flood(ServerWebSocket socket, long bytes) {
    long left = bytes;
    for (long piece = 0; left > 0; piece++) {
      int length = (int) Math.min(64 << 10, left);
      socket.writeBinaryMessage(tagged(1, Buffer.buffer(FakeArchives.piece(piece, length))));
      left -= length;
    }
    end(socket, "{\"exitStatus\":0}");
  }

  private static Buffer tagged(int stream, Buffer data) {
    return Buffer.buffer().appendByte((byte) stream).appendBuffer(data);
  }

  private static void end(ServerWebSocket socket, String word) {
    socket.writeTextMessage(word).onComplete(_ -> socket.close());
  }

  private JsonNode read(String text) {
    try {
      return json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
