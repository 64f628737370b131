package org.letargo.manager.web;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The body of a request, or of an answer to one of ours, as a blocking stream, for virtual threads.
 * The client is asked for as much as is read and a few buffers more, so memory stays flat. The
 * request must be paused when it is made.
 */
public final class Inbound extends InputStream {
  /** How many buffers are asked for ahead; one is {@link HttpSettings#CHUNK_BYTES} at most. */
  private static final int AHEAD = 16;

  /** How long the client may send nothing while it is waited for. */
  private static final Duration STALL = Duration.ofSeconds(60);

  /** How long a client may go on sending what nobody wants, so that it can read the answer. */
  private static final Duration DISCARD = Duration.ofSeconds(30);

  private sealed interface Part {
    record Bytes(Buffer buffer) implements Part {}

    record End() implements Part {}

    record Broken(Throwable cause) implements Part {}
  }

  private final Context context;
  private final ReadStream<Buffer> stream;
  private final BooleanSupplier ended;
  private final Runnable cut;
  private final Duration patience;
  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private Part current = new Part.Bytes(Buffer.buffer());
  private int position;

  /** On the event loop of the request. */
  public Inbound(Context context, HttpServerRequest request) {
    this(context, request, STALL);
  }

  /**
   * The same for a client that may have to wait for something itself.
   *
   * @param patience how long it may send nothing while it is waited for
   */
  public Inbound(Context context, HttpServerRequest request, Duration patience) {
    this(context, request, request::isEnded, () -> request.connection().close(), patience);
  }

  /** The same for the body of an answer, which must be paused too. */
  public Inbound(Context context, HttpClientResponse response) {
    this(context, response, () -> false, () -> response.request().reset(), STALL);
  }

  private Inbound(
      Context context,
      ReadStream<Buffer> stream,
      BooleanSupplier ended,
      Runnable cut,
      Duration patience) {
    this.context = context;
    this.stream = stream;
    this.ended = ended;
    this.cut = cut;
    this.patience = patience;
    stream.exceptionHandler(cause -> parts.add(new Part.Broken(cause)));
    stream.endHandler(_ -> parts.add(new Part.End()));
    stream.handler(buffer -> parts.add(new Part.Bytes(buffer)));
    stream.fetch(AHEAD);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      switch (current) {
        case Part.End _ -> {
          return -1;
        }
        case Part.Broken(Throwable cause) ->
            throw new IOException("the client hung up: " + cause.getMessage(), cause);
        case Part.Bytes(Buffer buffer) -> {
          if (position < buffer.length()) {
            int count = Math.min(length, buffer.length() - position);
            buffer.getBytes(position, position + count, bytes, offset);
            position += count;
            return count;
          }
          current = take();
          position = 0;
        }
      }
    }
  }

  private Part take() throws IOException {
    try {
      Part next = parts.poll(patience.toSeconds(), TimeUnit.SECONDS);
      if (next == null) {
        throw new IOException("the client sent nothing for " + patience.toSeconds() + " s");
      }
      if (next instanceof Part.Bytes) {
        context.runOnContext(_ -> {
          if (!ended.getAsBoolean()) { // HTTP/2 refuses to fetch after the end
            stream.fetch(1);
          }
        });
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the client", e);
    }
  }

  /**
   * Throws away what still comes, so that a client which sends before it reads gets its answer; a
   * client that does not end is cut off.
   */
  public void discardRest() {
    context.runOnContext(_ -> {
      if (ended.getAsBoolean()) {
        return;
      }
      long timer = context.owner().setTimer(DISCARD.toMillis(), _ -> cut.run());
      stream.endHandler(_ -> context.owner().cancelTimer(timer));
      stream.exceptionHandler(_ -> context.owner().cancelTimer(timer));
      stream.handler(_ -> {});
      stream.resume();
    });
  }
}
