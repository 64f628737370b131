package org.letargo.manager.peer;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import java.io.IOException;
import java.io.InputStream;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.config.PeerUrl;
import org.letargo.manager.web.Outbound;

/**
 * A request to a peer whose answer comes while its body still goes. One thread writes, another may
 * read; closing breaks off what has not ended.
 */
final class PeerTalk implements AutoCloseable {
  private final Context context;
  private final HttpClientRequest request;
  private final Future<InputStream> answer;
  private final PeerUrl url;
  private final Outbound out;
  private volatile boolean over;

  PeerTalk(Context context, HttpClientRequest request, Future<InputStream> answer, PeerUrl url) {
    this.context = context;
    this.request = request;
    this.answer = answer;
    this.url = url;
    this.out = Outbound.ofStream(context, request::write);
  }

  void broken(Throwable cause) {
    out.broken(cause);
  }

  /**
   * Waits while the peer is slow. The array must not change any more.
   *
   * @throws IOException if it takes no more: the answer says why
   */
  void write(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /**
   * All was written.
   *
   * @throws IOException as {@link #write}
   */
  void end() throws IOException {
    out.drain();
    context.runOnContext(_ -> request.end());
  }

  /**
   * Waits for the answer to begin.
   *
   * @throws VpsException PEER_REFUSED, PEER_UNREACHABLE
   */
  InputStream answer() {
    return Answers.await(answer, why -> PeerAnswer.unreachable(url, why));
  }

  /** The answer was read to its end. */
  void finished() {
    over = true;
  }

  /** Breaks off; whoever writes learns it at once. */
  @Override
  public void close() {
    if (!over) {
      over = true;
      out.broken(new IOException("it was broken off"));
      context.runOnContext(_ -> request.reset());
    }
  }
}
