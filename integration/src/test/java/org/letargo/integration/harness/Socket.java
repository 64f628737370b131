package org.letargo.integration.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One WebSocket of the API: whole binary messages go to a sink, the last text is the outcome. */
final class Socket implements WebSocket.Listener, AutoCloseable {
  private static final int MESSAGE_BYTES = 32 << 10;

  private final Consumer<byte[]> sink;
  private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
  private final StringBuilder text = new StringBuilder();
  private final CompletableFuture<JsonNode> outcome = new CompletableFuture<>();
  private final WebSocket webSocket;

  Socket(Api api, String path, Consumer<byte[]> sink) {
    this.sink = sink;
    this.webSocket = api.webSocket(path, this);
  }

  void sendText(Map<String, ?> message) {
    try {
      webSocket.sendText(Api.JSON.writeValueAsString(message), true).join();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  void send(byte[] bytes) {
    for (int at = 0; at < bytes.length; at += MESSAGE_BYTES) {
      int length = Math.min(MESSAGE_BYTES, bytes.length - at);
      webSocket.sendBinary(ByteBuffer.wrap(bytes, at, length), true).join();
    }
  }

  /** The last message of the server. */
  JsonNode awaitOutcome(long seconds) {
    try {
      JsonNode last = outcome.get(seconds, TimeUnit.SECONDS);
      if (last.has("error")) {
        throw new SocketFailure(last.at("/error/message").asText());
      }
      return last;
    } catch (ExecutionException e) {
      throw new SocketFailure(String.valueOf(e.getCause().getMessage()));
    } catch (TimeoutException e) {
      throw new AssertionError("no outcome within " + seconds + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  boolean hasEnded() {
    return outcome.isDone();
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
    byte[] part = new byte[data.remaining()];
    data.get(part);
    binary.writeBytes(part);
    if (last) {
      sink.accept(binary.toByteArray());
      binary.reset();
    }
    socket.request(1);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      try {
        outcome.complete(Api.JSON.readTree(text.toString()));
      } catch (JsonProcessingException e) {
        outcome.completeExceptionally(e);
      }
      text.setLength(0);
    }
    socket.request(1);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
    outcome.completeExceptionally(
        new SocketFailure("closed without an outcome: " + statusCode + " " + reason));
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    outcome.completeExceptionally(error);
  }

  @Override
  public void close() {
    webSocket.abort();
  }
}
