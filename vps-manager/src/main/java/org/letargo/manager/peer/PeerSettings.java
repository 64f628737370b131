package org.letargo.manager.peer;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.util.List;
import java.util.Set;
import org.letargo.manager.config.Peering;

/** How managers speak with each other: TLS 1.3 and HTTP/2, nothing older. */
final class PeerSettings {
  private static final Set<String> PROTOCOLS = Set.of("TLSv1.3");
  private static final List<HttpVersion> VERSIONS = List.of(HttpVersion.HTTP_2);

  /** How many requests one connection may have open. */
  private static final int MAX_STREAMS = 64;

  /** The most bytes of headers. */
  private static final int MAX_HEADER_BYTES = 8 << 10;

  /** What may be on its way in one direction before the receiver has taken it. */
  private static final int WINDOW_BYTES = 1 << 20;

  private static final int CONNECT_MILLIS = 5_000;
  private static final int HANDSHAKE_SECONDS = 10;

  /** A connection without a byte for so long ends. */
  private static final int IDLE_SECONDS = 120;

  private static final int BACKLOG = 128;

  private PeerSettings() {}

  /** Every client may connect, with a certificate or without; who it is each request is asked. */
  static HttpServerOptions server(Peering.On listen, PeerKeys keys) {
    return new HttpServerOptions()
        .setHost(listen.host())
        .setPort(listen.port())
        .setSsl(true)
        .setUseAlpn(true)
        .setAlpnVersions(VERSIONS)
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setClientAuth(ClientAuth.REQUEST)
        .setKeyCertOptions(KeyCertOptions.wrap(keys))
        .setTrustOptions(TrustOptions.wrap(new PeerTrust(_ -> true)))
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setIdleTimeout(IDLE_SECONDS)
        .setInitialSettings(settings())
        .setHttp2ConnectionWindowSize(WINDOW_BYTES)
        .setAcceptBacklog(BACKLOG)
        .setReuseAddress(true)
        .setTcpNoDelay(true);
  }

  /** With the certificate of this host; the server has to stand the check of its chain. */
  static HttpClientOptions client(PeerKeys keys, PeerTrust trust) {
    return stranger(trust).setKeyCertOptions(KeyCertOptions.wrap(keys));
  }

  /** Without a certificate. */
  static HttpClientOptions stranger(PeerTrust trust) {
    return new HttpClientOptions()
        .setSsl(true)
        .setUseAlpn(true)
        .setProtocolVersion(HttpVersion.HTTP_2)
        .setAlpnVersions(VERSIONS)
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setVerifyHost(false) // the authority of a peer is known, its names are not
        .setTrustOptions(TrustOptions.wrap(trust))
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setConnectTimeout(CONNECT_MILLIS)
        .setInitialSettings(settings())
        .setHttp2ConnectionWindowSize(WINDOW_BYTES)
        .setTcpNoDelay(true);
  }

  private static Http2Settings settings() {
    return new Http2Settings()
        .setMaxConcurrentStreams(MAX_STREAMS)
        .setMaxHeaderListSize(MAX_HEADER_BYTES)
        .setInitialWindowSize(WINDOW_BYTES);
  }
}
