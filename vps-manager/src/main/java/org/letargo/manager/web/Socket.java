package org.letargo.manager.web;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.letargo.manager.json.ApiJson;

/**
 * A WebSocket for virtual threads: one reads messages, one writes. Both wait for the other side, so
 * memory stays flat.
 */
public final class Socket {
  /** How many frames are asked for ahead. */
  private static final int AHEAD = 4;

  /** The longest text message, in bytes: commands and sizes of terminals. */
  private static final int MAX_TEXT_BYTES = 256 << 10;

  private static final short GOING_WELL = 1000;
  private static final short NOT_ALLOWED = 1008;
  private static final short TOO_LONG = 1009;

  /** What the client sends. */
  public sealed interface Message {
    record Text(String text) implements Message {}

    /** Binary, or a part of it: it is a stream. */
    record Binary(byte[] bytes) implements Message {}

    /** It is gone; the last one. */
    record Closed() implements Message {}
  }

  private final Context context;
  private final ServerWebSocket socket;
  private final Outbound out;
  private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();

  /** On the event loop: a text that has not ended, and whether the frames belong to one. */
  private final StringBuilder text = new StringBuilder();

  private boolean inText;

  /** On the event loop, at once when the socket is there. */
  public Socket(Context context, ServerWebSocket socket) {
    this.context = context;
    this.socket = socket;
    this.out = Outbound.of(context, socket::writeBinaryMessage);
    socket.pause();
    socket.frameHandler(this::take);
    socket.closeHandler(_ -> gone(new IOException("it was closed")));
    socket.exceptionHandler(this::gone);
    socket.fetch(AHEAD);
  }

  private void gone(Throwable cause) {
    out.broken(cause);
    messages.add(new Message.Closed());
  }

  private void take(WebSocketFrame frame) {
    if (frame.isText() || frame.isBinary()) {
      inText = frame.isText();
    } else if (!frame.isContinuation()) {
      return;
    }
    if (!inText) {
      messages.add(new Message.Binary(frame.binaryData().getBytes()));
      return;
    }
    text.append(frame.textData());
    if (text.length() > MAX_TEXT_BYTES) {
      socket.close(TOO_LONG, "the text is too long");
      return;
    }
    if (frame.isFinal()) {
      messages.add(new Message.Text(text.toString()));
      text.setLength(0);
    } else {
      socket.fetch(1); // this frame alone is no message that somebody takes
    }
  }

  /**
   * Ends the session now: nothing that the client sends from now on is taken, nothing more is sent.
   */
  public void revoked() {
    gone(new IOException("its token was revoked"));
    context.runOnContext(_ -> {
      if (!socket.isClosed()) {
        socket.close(NOT_ALLOWED, "the token was revoked");
      }
    });
  }

  /** Waits for the next message; {@link Message.Closed} for ever after the end. */
  public Message next() throws IOException {
    try {
      return taken(messages.take());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * @throws IOException if none comes in time
   */
  public Message next(Duration patience) throws IOException {
    try {
      Message message = messages.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (message == null) {
        throw new IOException("no message came for " + patience.toSeconds() + " s");
      }
      return taken(message);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private Message taken(Message message) {
    if (message instanceof Message.Closed) {
      messages.add(message);
    } else {
      context.runOnContext(_ -> socket.fetch(1));
    }
    return message;
  }

  private static IOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted while waiting for a message", e);
  }

  /** Sends bytes; waits while the client is slow. */
  public void binary(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /** Sends the last message and closes. */
  public void end(Object last) {
    try {
      out.drain();
    } catch (IOException e) {
      return; // nobody is there to hear it
    }
    Buffer json = Buffer.buffer(ApiJson.bytes(last));
    context.runOnContext(_ -> {
      if (!socket.isClosed()) {
        socket.writeTextMessage(json.toString());
        socket.close(GOING_WELL);
      }
    });
  }
}
