package org.letargo.manager.web;

import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import org.letargo.manager.config.ManagerConfig;
import org.letargo.manager.config.Tls;

/** How the server listens. */
final class HttpSettings {
  /** The largest piece of a body that is handled at once, in bytes. */
  static final int CHUNK_BYTES = 64 << 10;

  /** The longest message of a WebSocket, in bytes; frames are half of it at most. */
  static final int MAX_MESSAGE_BYTES = 1 << 20;

  /** The longest request line and the most header bytes. */
  private static final int MAX_LINE_BYTES = 8 << 10;

  private static final int MAX_HEADER_BYTES = 16 << 10;

  /** How many connections may wait to be accepted. */
  private static final int BACKLOG = 1024;

  private HttpSettings() {}

  static HttpServerOptions of(ManagerConfig config) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.listenHost())
            .setPort(config.listenPort())
            .setMaxChunkSize(CHUNK_BYTES)
            .setMaxInitialLineLength(MAX_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxWebSocketFrameSize(MAX_MESSAGE_BYTES / 2)
            .setMaxWebSocketMessageSize(MAX_MESSAGE_BYTES)
            .setAcceptBacklog(BACKLOG)
            .setTcpKeepAlive(true)
            .setTcpNoDelay(true)
            .setReuseAddress(true);
    return switch (config.tls()) {
      case Tls.Off _ -> options;
      case Tls.Files(var certificate, var key) ->
          options
              .setSsl(true)
              .setUseAlpn(false) // WebSockets and resets of streams: HTTP/1.1 does both
              .setKeyCertOptions(
                  new PemKeyCertOptions()
                      .addCertPath(certificate.toString())
                      .addKeyPath(key.toString()));
    };
  }
}
