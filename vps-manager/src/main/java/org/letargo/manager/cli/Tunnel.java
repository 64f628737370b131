package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.letargo.hook.protocol.TerminalSize;

/**
 * A WebSocket to something that runs in a VPS. The next message is asked for only after the sink
 * has written the one before, so a slow reader slows the VPS down and nothing piles up here.
 */
final class Tunnel implements WebSocket.Listener, AutoCloseable {
  /** Takes what comes out of the VPS. */
  interface Sink {
    /**
     * @param data a part of a binary message, to be used up
     * @param first whether the message begins with it
     */
    void accept(ByteBuffer data, boolean first) throws IOException;
  }

  private static final int MAX_TEXT = 64 << 10;
  private static final long CLOSE_SECONDS = 2;

  private final Sink sink;
  private final CompletableFuture<JsonNode> last = new CompletableFuture<>();
  private final CompletableFuture<WebSocket> socket = new CompletableFuture<>();

  /** One message at a time: a WebSocket of the JDK refuses a second one before the first is out. */
  private final ReentrantLock sending = new ReentrantLock();

  private final StringBuilder text = new StringBuilder();
  private boolean begins = true;

  Tunnel(Sink sink) {
    this.sink = sink;
  }

  @Override
  public void onOpen(WebSocket opened) {
    socket.complete(opened);
    opened.request(1);
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean whole) {
    try {
      sink.accept(data, begins);
      begins = whole;
      from.request(1);
    } catch (IOException e) {
      last.completeExceptionally(e);
      from.abort();
    }
    return null; // data is used up
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean whole) {
    if (text.length() + data.length() > MAX_TEXT) {
      last.completeExceptionally(new IOException("a message of the manager is too long"));
      from.abort();
      return null;
    }
    text.append(data);
    if (whole) {
      try {
        last.complete(Output.parse(text.toString())); // the only text there is: the last word
      } catch (CliFailure notJson) {
        last.completeExceptionally(notJson);
      }
      text.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    last.completeExceptionally(
        new IOException(
            "the manager closed the connection"
                + (reason.isEmpty() ? " (code " + code + ")" : " and says '" + reason + "'")));
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    last.completeExceptionally(error);
  }

  /** Ends {@link #await} from this side. */
  void detach() {
    last.complete(JsonNodeFactory.instance.objectNode().put("detached", true));
  }

  void sendText(JsonNode message) {
    send(open -> open.sendText(message.toString(), true));
  }

  void sendSize(TerminalSize size) {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    message.putObject("resize").put("rows", size.rows()).put("columns", size.columns());
    sendText(message);
  }

  /** Sends and waits until it is out; the buffer may be used again afterwards. */
  void sendBinary(byte[] data, int length) {
    send(open -> open.sendBinary(ByteBuffer.wrap(data, 0, length), true));
  }

  private void send(Function<WebSocket, CompletableFuture<WebSocket>> message) {
    sending.lock();
    try {
      message.apply(socket.join()).join();
    } catch (CompletionException closed) {
      last.completeExceptionally(closed.getCause());
    } finally {
      sending.unlock();
    }
  }

  /**
   * Waits for the last word of the other side.
   *
   * @throws CliFailure if it is an error, or the connection ends without it
   */
  JsonNode await() throws InterruptedException {
    try {
      JsonNode word = last.get();
      if (word.path("error").isObject()) {
        throw CliFailure.ofError(word.path("error"));
      }
      return word;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CliFailure failure) {
        throw failure;
      }
      var failure =
          new CliFailure(
              ExitStatus.MANAGER_UNREACHABLE,
              "MANAGER_UNREACHABLE",
              "the connection to the VPS broke",
              String.valueOf(e.getCause().getMessage()),
              "Try again; what ran in the VPS may still be running.");
      failure.initCause(e.getCause());
      throw failure;
    }
  }

  @Override
  public void close() {
    WebSocket open = socket.getNow(null);
    if (open == null) {
      return;
    }
    try {
      open.sendClose(WebSocket.NORMAL_CLOSURE, "").get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException gone) {
      // closed already, or nobody is there to say farewell to
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    open.abort();
  }
}
