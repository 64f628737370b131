package org.letargo.manager.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.json.ApiJson;

/**
 * A request of another manager.
 *
 * @param peer whose it is; empty: it has shown no certificate, or one of nobody that is known
 * @param chain the certificates that it has shown
 * @param address where it comes from
 * @param body as it comes; whoever reads it keeps it bounded
 * @param stream for an answer that begins before all of the body has come
 */
record PeerRequest(
    String method,
    String path,
    Optional<Peer> peer,
    List<X509Certificate> chain,
    String address,
    InputStream body,
    PeerStream stream) {
  /** The longest JSON body, in bytes. */
  static final int MAX_JSON_BYTES = 64 << 10;

  /** METHOD PATH, by which it is answered. */
  String call() {
    return method + " " + path;
  }

  boolean isUnsafe() {
    return !method.equals("GET");
  }

  /** Who it is in the audit. */
  String by() {
    return peer.map(known -> "peer " + known.name()).orElse("-");
  }

  /**
   * @throws VpsException UNAUTHENTICATED if it is of no peer
   */
  Peer requirePeer() {
    return peer.orElseThrow(() ->
        new VpsException(
            Code.UNAUTHENTICATED,
            "the request is refused",
            "it comes from no peer of this host, or from one that was removed",
            "Let the two hosts become peers again: 'letargo peer token' here, 'letargo peer"
                + " add' there."));
  }

  /**
   * The body as a record.
   *
   * @throws VpsException INVALID_REQUEST if it is too long or something else
   */
  <T> T json(Class<T> type) throws IOException {
    byte[] bytes = body.readNBytes(MAX_JSON_BYTES + 1);
    if (bytes.length > MAX_JSON_BYTES) {
      throw VpsException.invalid(
          "request", "its body is longer than " + MAX_JSON_BYTES + " bytes", "Send less.");
    }
    return ApiJson.read(new String(bytes, StandardCharsets.UTF_8), type);
  }
}
