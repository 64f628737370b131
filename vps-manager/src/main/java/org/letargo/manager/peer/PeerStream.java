package org.letargo.manager.peer;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import org.letargo.manager.web.Outbound;

/** An answer to a peer that is written bit by bit, from virtual threads, one after the other. */
final class PeerStream {
  private final Context context;
  private final HttpServerResponse response;
  private final Outbound out;
  private boolean begun;

  PeerStream(Context context, HttpServerResponse response) {
    this.context = context;
    this.response = response;
    this.out = Outbound.ofStream(context, response::write);
  }

  /**
   * Writes; waits while the peer is slow. The array must not change any more.
   *
   * @throws IOException if the peer is gone
   */
  synchronized void write(byte[] bytes) throws IOException {
    begin();
    out.write(bytes);
  }

  private void begin() {
    if (begun) {
      return;
    }
    begun = true;
    context.runOnContext(_ -> {
      response.closeHandler(_ -> out.broken(new IOException("the connection was closed")));
      response.exceptionHandler(out::broken);
      response.setChunked(true).putHeader("Content-Type", "application/octet-stream");
    });
  }

  /** Writes the last bytes. */
  synchronized void end(byte[] last) {
    begin();
    try {
      out.drain();
    } catch (IOException e) {
      // it is gone, or takes nothing: what follows ends the stream
    }
    context.runOnContext(_ -> {
      if (!response.ended() && !response.closed()) {
        response.end(Buffer.buffer(last));
      }
    });
  }

  /** Ends it so that the peer sees that it is not whole. */
  void reset() {
    context.runOnContext(_ -> response.reset());
  }
}
