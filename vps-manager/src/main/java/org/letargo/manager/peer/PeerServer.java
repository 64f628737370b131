package org.letargo.manager.peer;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.config.Peering;
import org.letargo.manager.json.ApiJson;
import org.letargo.manager.json.ErrorBody;
import org.letargo.manager.web.Inbound;
import org.letargo.manager.web.Statuses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where other managers come in. TLS proves that a client has the key of the certificate which it
 * shows; whose that is, is found out anew for each request among the peers of that moment, so that
 * one which was removed gets nothing any more, however old its connection or its TLS session is.
 */
final class PeerServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerServer.class);
  private static final int HTTP_VERSION_NOT_SUPPORTED = 505;
  private static final int OK = 200;
  private static final long CLOSE_SECONDS = 5;

  /** How long a peer may send nothing: it may have to wait for its hook, or for ours. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** How many connections there may be; more than that are closed at once. */
  private static final int MAX_CONNECTIONS = 256;

  /** Answers requests on a virtual thread each. */
  interface Desk {
    /** Who it is that shows this chain. */
    Optional<Peer> identify(List<X509Certificate> chain);

    /**
     * The answer, as JSON; the stream of the request if that was used and has ended.
     *
     * @throws VpsException to refuse
     */
    Object answer(PeerRequest request) throws IOException;

    /** It was answered with that status. */
    void answered(PeerRequest request, int status);

    /** A connection ended before there was a request. */
    void strange(String address, Throwable why);
  }

  private final Desk desk;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<HttpConnection, PeerName> peers = new ConcurrentHashMap<>();
  private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
  private final HttpServer server; // kept: an unreferenced one is closed by the collector

  private PeerServer(Vertx vertx, Peering.On listen, PeerKeys keys, Desk desk) {
    this.desk = desk;
    this.server =
        vertx
            .createHttpServer(PeerSettings.server(listen, keys))
            .connectionHandler(this::connected)
            .exceptionHandler(why -> threads.execute(() -> desk.strange("-", why)))
            .requestHandler(this::received);
  }

  /**
   * Listens.
   *
   * @throws VpsException INTERNAL if it cannot, for example because the port is taken
   */
  static PeerServer start(Vertx vertx, Peering.On listen, PeerKeys keys, Desk desk) {
    PeerServer made = new PeerServer(vertx, listen, keys, desk);
    Answers.await(
        made.server.listen(),
        why ->
            VpsException.internal(
                "cannot listen for peers on " + listen.host() + ":" + listen.port(), why));
    return made;
  }

  int port() {
    return server.actualPort();
  }

  private void connected(HttpConnection connection) {
    connections.add(connection);
    connection.closeHandler(_ -> {
      connections.remove(connection);
      peers.remove(connection);
    });
    if (connections.size() > MAX_CONNECTIONS) {
      LOG.warn("{} connections of peers are open, one more is closed", MAX_CONNECTIONS);
      connection.close();
    }
  }

  /** On the event loop of the request. */
  private void received(HttpServerRequest request) {
    String address = request.remoteAddress().hostAddress();
    if (request.version() != HttpVersion.HTTP_2) {
      request.response().setStatusCode(HTTP_VERSION_NOT_SUPPORTED).end();
      request.connection().close();
      threads.execute(
          () -> desk.strange(address, new IOException("it speaks " + request.version())));
      return;
    }
    request.pause();
    Context context = Vertx.currentContext();
    InputStream body = new Inbound(context, request, PATIENCE);
    threads.execute(() -> serve(request, context, body));
  }

  private void serve(HttpServerRequest request, Context context, InputStream body) {
    List<X509Certificate> chain = chain(request.connection());
    PeerRequest asked =
        new PeerRequest(
            request.method().name(),
            request.path(),
            identify(request.connection(), chain),
            chain,
            request.remoteAddress().hostAddress(),
            body,
            new PeerStream(context, request.response()));
    int status = OK;
    Object answer;
    try {
      answer = desk.answer(asked);
    } catch (VpsException e) {
      status = Statuses.of(e.code());
      answer = ErrorBody.of(e);
      if (e.code() == Code.INTERNAL) {
        LOG.error("{} of {} failed", asked.call(), asked.by(), e);
      }
    } catch (IOException e) {
      LOG.debug("{} of {} broke off", asked.call(), asked.by(), e);
      context.runOnContext(_ -> request.response().reset());
      return;
    } catch (RuntimeException | Error e) {
      LOG.error("{} of {} failed by a fault of ours", asked.call(), asked.by(), e);
      VpsException fault = VpsException.internal("the request failed", e);
      status = Statuses.of(fault.code());
      answer = ErrorBody.of(fault);
    }
    desk.answered(asked, status);
    if (answer instanceof PeerStream) {
      return;
    }
    send(request, context, status, ApiJson.bytes(answer));
  }

  private static void send(HttpServerRequest request, Context context, int status, byte[] json) {
    context.runOnContext(_ -> {
      HttpServerResponse response = request.response();
      if (response.ended() || response.closed()) {
        return;
      }
      if (response.headWritten()) { // a stream that nobody has ended
        response.reset();
        return;
      }
      response
          .setStatusCode(status)
          .putHeader("Content-Type", "application/json")
          .end(Buffer.buffer(json))
          .onSuccess(_ -> {
            if (!request.isEnded()) {
              response.reset(0); // no error: what still comes of its body is not wanted
            }
          });
    });
  }

  /** What the client has shown; nothing if it has no certificate. */
  private static List<X509Certificate> chain(HttpConnection connection) {
    try {
      return connection.peerCertificates().stream()
          .map(certificate -> (X509Certificate) certificate)
          .toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }

  /** Notes whose connection it is, so that it can be cut. */
  private Optional<Peer> identify(HttpConnection connection, List<X509Certificate> chain) {
    Optional<Peer> known = desk.identify(chain);
    known.ifPresent(peer -> peers.put(connection, peer.name()));
    if (!connections.contains(connection)) {
      peers.remove(connection); // closed meanwhile
    }
    return known;
  }

  /** Ends all connections of a peer, with what is under way on them. */
  void cut(PeerName name) {
    peers.forEach((connection, peer) -> {
      if (peer.equals(name)) {
        connection.close();
      }
    });
  }

  /** Listens no longer, ends all connections and waits for what they began. */
  @Override
  public void close() {
    Answers.awaitQuietly(server.close());
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
