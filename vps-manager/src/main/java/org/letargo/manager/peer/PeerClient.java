package org.letargo.manager.peer;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.InputStream;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.config.PeerUrl;
import org.letargo.manager.json.ApiJson;
import org.letargo.manager.web.Inbound;
import org.letargo.manager.web.Outbound;

/**
 * Calls other managers. A peer is believed by its authorities alone, each by its own; connections
 * are kept and used again. Its methods block.
 */
final class PeerClient implements AutoCloseable {
  /** So long a connection is used, so that what was shown on it is never out of date. */
  private static final Duration CONNECTION_LIFE = Duration.ofHours(1);

  private static final int PING_BYTES = 8;

  /**
   * Connections to one peer, for as long as its authorities are these.
   *
   * @param context on which all is asked, so that a connection and what is said on it have one
   *     event loop: Vert.x (5.0.12, Http2ConnectionBase.ping) loses the pong that arrives before
   *     another thread has noted the ping, and from then on every pong ends the ping before its own
   */
  private record Line(List<X509Certificate> authorities, HttpClient http, Context context) {}

  private final Vertx vertx;
  private final PeerKeys keys;
  private final Clock clock;
  private final Map<PeerName, Line> lines = new ConcurrentHashMap<>();

  PeerClient(Vertx vertx, PeerKeys keys, Clock clock) {
    this.vertx = vertx;
    this.keys = keys;
    this.clock = clock;
  }

  /** Sends a peer something; failures as in {@link #get}. */
  void put(Peer peer, String path, Object body) {
    send(peer, HttpMethod.PUT, path, Buffer.buffer(ApiJson.bytes(body))).require(peer.url());
  }

  /** Asks a peer about something; failures as in {@link #get}. */
  <T> T post(Peer peer, String path, Object question, Class<T> type) {
    Buffer body = Buffer.buffer(ApiJson.bytes(question));
    return send(peer, HttpMethod.POST, path, body).read(peer.url(), type);
  }

  private PeerAnswer send(Peer peer, HttpMethod method, String path, Buffer body) {
    return ask(line(peer), peer.url(), method, path, request -> exchange(request, body));
  }

  /** Writes the body of a request, on the thread that has asked for it. */
  interface Body {
    void writeTo(Outbound out) throws IOException;
  }

  /**
   * Sends a peer a body of any length, as fast as it takes it; nothing of it is kept.
   *
   * @throws VpsException as {@link #get}, also when the peer refuses or goes away in between
   */
  <T> T post(Peer peer, String path, Body body, Class<T> type) {
    Line line = line(peer);
    Context context = line.context();
    HttpClientRequest request = open(line, peer, path);
    Outbound out = Outbound.ofStream(context, request::write);
    Promise<PeerAnswer> answer = Promise.promise();
    context.runOnContext(_ -> {
      request.setChunked(true);
      request.exceptionHandler(out::broken);
      request.response().compose(PeerAnswer::collect).onComplete(answer);
    });
    try {
      body.writeTo(out);
      out.drain();
      context.runOnContext(_ -> request.end());
    } catch (IOException e) {
      // it is gone, or has answered and wants no more: the answer says which
      context.runOnContext(_ -> request.reset());
    }
    return Answers.await(answer.future(), why -> PeerAnswer.unreachable(peer.url(), why))
        .read(peer.url(), type);
  }

  /** A POST whose body and answer nobody has begun with yet. */
  private HttpClientRequest open(Line line, Peer peer, String path) {
    Promise<HttpClientRequest> opened = Promise.promise();
    RequestOptions options = options(peer.url(), HttpMethod.POST, path);
    line.context()
        .runOnContext(
            _ -> line.http().request(options).compose(PeerClient::speaksHttp2).onComplete(opened));
    return Answers.await(opened.future(), why -> PeerAnswer.unreachable(peer.url(), why));
  }

  /**
   * Begins to speak with a peer in both directions at once.
   *
   * @throws VpsException PEER_UNREACHABLE
   */
  PeerTalk talk(Peer peer, String path) {
    Line line = line(peer);
    Context context = line.context();
    HttpClientRequest request = open(line, peer, path);
    Promise<InputStream> answer = Promise.promise();
    PeerTalk talk = new PeerTalk(context, request, answer.future(), peer.url());
    context.runOnContext(_ ->
        request
            .setChunked(true)
            .exceptionHandler(talk::broken)
            .response()
            .compose(response -> answerOf(context, response, peer.url()))
            .onComplete(answer));
    return talk;
  }

  private static Future<InputStream> answerOf(
      Context context, HttpClientResponse response, PeerUrl url) {
    if (response.statusCode() == PeerAnswer.OK) {
      response.pause();
      return Future.succeededFuture(new Inbound(context, response));
    }
    return PeerAnswer.collect(response)
        .compose(answer -> {
          try {
            answer.require(url);
            return Future.failedFuture("it answers nothing");
          } catch (VpsException e) {
            return Future.failedFuture(e);
          }
        });
  }

  /**
   * Asks a peer.
   *
   * @throws VpsException PEER_REFUSED with what it says; PEER_UNREACHABLE if it does not answer, or
   *     what answers is not this peer
   */
  <T> T get(Peer peer, String path, Class<T> type) {
    return send(peer, HttpMethod.GET, path, Buffer.buffer()).read(peer.url(), type);
  }

  /** An answer, and how long a few bytes took there and back on the same connection. */
  record Timed<T>(T answer, Duration latency) {}

  /** The same, and looks how long the way is. */
  <T> Timed<T> getTimed(Peer peer, String path, Class<T> type) {
    Timed<PeerAnswer> timed =
        ask(
            line(peer),
            peer.url(),
            HttpMethod.GET,
            path,
            request ->
                exchange(request, Buffer.buffer())
                    .compose(answer ->
                        ping(request.connection()).map(latency -> new Timed<>(answer, latency))));
    return new Timed<>(timed.answer().read(peer.url(), type), timed.latency());
  }

  private static Future<Duration> ping(HttpConnection connection) {
    long begin = System.nanoTime();
    return connection
        .ping(Buffer.buffer(new byte[PING_BYTES]))
        .map(_ -> Duration.ofNanos(System.nanoTime() - begin));
  }

  /**
   * Asks a host, which is not a peer yet, to become one.
   *
   * @return its authorities; the one that the token names is among them
   * @throws VpsException as {@link #get}
   */
  AuthorityList join(PeerUrl url, JoinToken token, JoinRequest body) {
    PeerTrust trust = new PeerTrust(chain -> isNamed(chain, token));
    Line line = open(List.of(), PeerSettings.stranger(trust));
    try {
      Buffer json = Buffer.buffer(ApiJson.bytes(body));
      PeerAnswer answer =
          ask(line, url, HttpMethod.POST, PeerPaths.JOIN, request -> exchange(request, json));
      return answer.read(url, AuthorityList.class);
    } finally {
      line.http().close();
    }
  }

  /** The server shows its authority too, and it is the one of the token. */
  private boolean isNamed(List<X509Certificate> chain, JoinToken token) {
    X509Certificate authority = chain.getLast();
    return Fingerprint.of(authority).equals(token.authority())
        && Pins.issuerOf(chain, List.of(authority), Pins.End.SERVER, clock.instant()).isPresent();
  }

  private Line line(Peer peer) {
    return lines.compute(
        peer.name(),
        (_, line) -> {
          if (line != null && line.authorities().equals(peer.authorities())) {
            return line;
          }
          if (line != null) {
            line.http().close();
          }
          PeerTrust trust =
              new PeerTrust(chain ->
                  Pins.issuerOf(chain, peer.authorities(), Pins.End.SERVER, clock.instant())
                      .isPresent());
          return open(peer.authorities(), PeerSettings.client(keys, trust));
        });
  }

  private Line open(List<X509Certificate> authorities, HttpClientOptions options) {
    PoolOptions pool =
        new PoolOptions()
            .setHttp2MaxSize(1)
            .setMaxLifetime((int) CONNECTION_LIFE.toSeconds())
            .setMaxLifetimeUnit(TimeUnit.SECONDS);
    HttpClient http = vertx.createHttpClient(options, pool);
    return new Line(authorities, http, vertx.getOrCreateContext());
  }

  /** Ends the connections to a peer; it may be called again. */
  void cut(PeerName name) {
    Line line = lines.remove(name);
    if (line != null) {
      line.http().close();
    }
  }

  /** Ends all connections: what is shown on them is replaced. */
  void cutAll() {
    lines.keySet().forEach(this::cut);
  }

  /** On the event loop, as all handlers have to be set in one turn. */
  private <T> T ask(
      Line line,
      PeerUrl url,
      HttpMethod method,
      String path,
      Function<HttpClientRequest, Future<T>> exchange) {
    RequestOptions options = options(url, method, path);
    Promise<T> answer = Promise.promise();
    line.context()
        .runOnContext(_ ->
            line.http()
                .request(options)
                .compose(PeerClient::speaksHttp2)
                .compose(exchange)
                .onComplete(answer));
    return Answers.await(answer.future(), why -> PeerAnswer.unreachable(url, why));
  }

  private static RequestOptions options(PeerUrl url, HttpMethod method, String path) {
    return new RequestOptions()
        .setMethod(method)
        .setHost(url.host())
        .setPort(url.port())
        .setURI(path);
  }

  private static Future<HttpClientRequest> speaksHttp2(HttpClientRequest request) {
    return request.version() == HttpVersion.HTTP_2
        ? Future.succeededFuture(request)
        : Future.failedFuture("it does not speak HTTP/2");
  }

  private static Future<PeerAnswer> exchange(HttpClientRequest request, Buffer body) {
    return request
        .putHeader("Content-Type", "application/json")
        .send(body)
        .compose(PeerAnswer::collect);
  }

  @Override
  public void close() {
    cutAll();
  }
}
