package org.letargo.manager.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.manager.Rig;

/** What strangers, liars and programs that are no managers get from the port for peers: nothing. */
class PeerListenerTest {
  private static final int DAY_SECONDS = 24 * 3600;

  @TempDir Path dir;
  private Rig rig;
  private Rig peer;
  private final Instant now = Instant.now();

  @BeforeEach
  void start() throws IOException {
    rig = Rig.startWithPeers(Files.createDirectory(dir.resolve("host")));
    peer = Rig.startWithPeers(Files.createDirectory(dir.resolve("peer")));
    String token = rig.post("/v1/peer-tokens").json().get("token").asText();
    var added =
        peer.post(
            "/v1/peers",
            "{\"name\":\"host\",\"url\":\"https://127.0.0.1:%d\",\"token\":\"%s\",\"as\":\"peer\"}"
                .formatted(port(), token));
    assertThat(added.status()).isEqualTo(201);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
    peer.close();
  }

  private int port() {
    return rig.manager().peerPort().orElseThrow();
  }

  private Authority peersAuthority() throws IOException, GeneralSecurityException {
    return Authority.parse(Files.readString(dir.resolve("peer/state/manager/peers/authority.pem")));
  }

  /** A client that shows this certificate, if any, and believes every server. */
  private static HttpClient client(Optional<Authority.Leaf> leaf, HttpClient.Version version)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManager[] keys =
        leaf.map(shown -> new KeyManager[] {new PeerKeys(() -> shown)}).orElse(new KeyManager[0]);
    context.init(keys, new TrustManager[] {new PeerTrust(_ -> true)}, null);
    return HttpClient.newBuilder().sslContext(context).version(version).build();
  }

  private HttpResponse<String> send(
      Optional<Authority.Leaf> leaf, String method, String path, BodyPublisher body)
      throws GeneralSecurityException, IOException, InterruptedException {
    try (HttpClient http = client(leaf, HttpClient.Version.HTTP_2)) {
      return http.send(
          HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port() + path))
              .method(method, body)
              .build(),
          BodyHandlers.ofString());
    }
  }

  private int facts(Optional<Authority.Leaf> leaf)
      throws GeneralSecurityException, IOException, InterruptedException {
    return send(leaf, "GET", PeerPaths.FACTS, BodyPublishers.noBody()).statusCode();
  }

  private HttpResponse<String> join(String json)
      throws GeneralSecurityException, IOException, InterruptedException {
    return send(Optional.empty(), "POST", PeerPaths.JOIN, BodyPublishers.ofString(json));
  }

  private boolean audited(String action, int status, String by) {
    for (JsonNode entry : rig.get("/v1/audit").json().get("entries")) {
      if (entry.get("action").asText().equals(action)
          && entry.get("status").asInt() == status
          && entry.get("by").asText().equals(by)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void answersWhomTheAuthorityOfAPeerHasSigned() throws Exception {
    assertThat(facts(Optional.of(peersAuthority().issue(now)))).isEqualTo(200);
    assertThat(audited("peer.facts", 200, "peer peer")).isFalse(); // nothing was changed
  }

  @Test
  void answersNobodyElse() throws Exception {
    Authority stranger = Authority.create(now);
    Authority known = peersAuthority();

    assertThat(facts(Optional.empty())).as("no certificate").isEqualTo(401);
    assertThat(facts(Optional.of(stranger.issue(now)))).as("other authority").isEqualTo(401);
    assertThat(
            facts(Optional.of(new Authority.Leaf(stranger.key(), List.of(stranger.certificate())))))
        .as("self-signed")
        .isEqualTo(401);
    assertThat(facts(Optional.of(new Authority.Leaf(known.key(), List.of(known.certificate())))))
        .as("the authority itself")
        .isEqualTo(401);
    assertThat(facts(Optional.of(known.issue(now.minusSeconds(40L * DAY_SECONDS)))))
        .as("expired")
        .isEqualTo(401);
    assertThat(facts(Optional.of(known.issue(now.plusSeconds(DAY_SECONDS)))))
        .as("not valid yet")
        .isEqualTo(401);
  }

  @Test
  void wantsTheKeyOfWhatIsShown() throws Exception {
    Authority known = peersAuthority();
    Authority.Leaf stolen =
        new Authority.Leaf(Authority.create(now).key(), known.issue(now).chain());

    assertThatThrownBy(() -> facts(Optional.of(stolen))).isInstanceOf(SSLException.class);
  }

  @Test
  void auditsWhomItRefuses() throws Exception {
    assertThat(facts(Optional.of(Authority.create(now).issue(now)))).isEqualTo(401);

    await().untilAsserted(() -> assertThat(audited("peer.facts", 401, "-")).isTrue());
    JsonNode entry = rig.get("/v1/audit?limit=1").json().get("entries").get(0);
    assertThat(entry.get("from").asText()).isEqualTo("127.0.0.1");
    assertThat(entry.get("path").asText()).isEqualTo(PeerPaths.FACTS);
  }

  @Test
  void speaksNothingOlderThanHttp2AndTls13() throws Exception {
    Authority.Leaf leaf = peersAuthority().issue(now);
    URI uri = URI.create("https://127.0.0.1:" + port() + PeerPaths.FACTS);
    try (HttpClient old = client(Optional.of(leaf), HttpClient.Version.HTTP_1_1)) {
      assertThat(
              old.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding()).statusCode())
          .isEqualTo(505);
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {new PeerKeys(() -> leaf)},
        new TrustManager[] {new PeerTrust(_ -> true)},
        null);
    SSLParameters tls12 = new SSLParameters();
    tls12.setProtocols(new String[] {"TLSv1.2"});
    try (HttpClient old =
        HttpClient.newBuilder().sslContext(context).sslParameters(tls12).build()) {
      assertThatThrownBy(
              () -> old.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding()))
          .isInstanceOf(SSLException.class);
    }
    assertThat(facts(Optional.of(leaf))).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /peer/v1/facts HTTP/1.1\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001\u00ff\u00ff\u0001",
        "hello\n"
      })
  void closesConnectionsThatAreNotTls(String bytes) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      byte[] answer = socket.getInputStream().readAllBytes(); // an alert, or nothing

      assertThat(answer.length).isLessThan(64);
      assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP");
    }
    assertThat(facts(Optional.of(peersAuthority().issue(now)))).isEqualTo(200);
  }

  @Test
  void auditsConnectionsThatAreNotTls() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", port())) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }

    await().untilAsserted(() -> assertThat(audited("peer.connection", 400, "-")).isTrue());
  }

  @Test
  void refusesMessagesThatAreTooLongOrMalformed() throws Exception {
    for (String json :
        List.of(
            "",
            "[]",
            "{",
            "{\"secret\":1}",
            "{\"secret\":\"a\",\"name\":\"UPPER\",\"port\":1,\"authorities\":[]}",
            "{\"secret\":\"a\",\"name\":\"a\",\"port\":1,\"authorities\":[],\"more\":1}",
            "[".repeat(10_000))) {
      assertThat(join(json).statusCode()).as(json).isEqualTo(400);
    }
    HttpResponse<String> tooLong = join("{\"secret\":\"" + "a".repeat(200_000) + "\"}");
    assertThat(tooLong.statusCode()).isEqualTo(400);
    assertThat(tooLong.body()).contains("its body is longer than 65536 bytes");
    await().untilAsserted(() -> assertThat(audited("peer.join", 400, "-")).isTrue());
    assertThat(rig.get("/v1/peers").json().get("peers")).hasSize(1);
  }

  @Test
  void wantsAuthoritiesThatAreSome() throws Exception {
    String secret = "A".repeat(43);
    Authority authority = Authority.create(now);
    String good = json(Pem.text(authority.certificate()));

    for (String bad :
        List.of(
            "",
            good + "," + good + "," + good,
            json("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            json(Pem.text(authority.key())),
            json(Pem.text(authority.issue(now).chain().getFirst())),
            json(
                "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getEncoder().encodeToString(new byte[9000])
                    + "\n-----END CERTIFICATE-----\n"),
            json(Pem.text(Authority.create(now.plusSeconds(DAY_SECONDS)).certificate())))) {
      HttpResponse<String> answer =
          join(
              "{\"secret\":\"%s\",\"name\":\"x\",\"port\":1,\"authorities\":[%s]}"
                  .formatted(secret, bad));
      assertThat(answer.statusCode()).as(bad).isEqualTo(400);
    }
    assertThat(
            join("{\"secret\":\"%s\",\"name\":\"x\",\"port\":1,\"authorities\":[%s]}"
                    .formatted(secret, good))
                .statusCode())
        .as("a good list, but no token")
        .isEqualTo(401);
  }

  private static String json(String text) {
    return "\"" + text.replace("\r", "").replace("\n", "\\n") + "\"";
  }

  @Test
  void letsNoPeerGiveItsPlaceAway() throws Exception {
    Optional<Authority.Leaf> leaf = Optional.of(peersAuthority().issue(now));
    String other = json(Pem.text(Authority.create(now).certificate()));

    HttpResponse<String> answer =
        send(
            leaf,
            "PUT",
            PeerPaths.AUTHORITIES,
            BodyPublishers.ofString("{\"authorities\":[" + other + "]}"));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(facts(leaf)).isEqualTo(200);
    await().untilAsserted(() -> assertThat(audited("peer.authorities", 400, "peer peer")).isTrue());
  }

  @Test
  void knowsNoOtherPaths() throws Exception {
    Optional<Authority.Leaf> leaf = Optional.of(peersAuthority().issue(now));

    assertThat(send(leaf, "GET", "/v1/vps", BodyPublishers.noBody()).statusCode()).isEqualTo(404);
    assertThat(send(Optional.empty(), "GET", "/v1/vps", BodyPublishers.noBody()).statusCode())
        .isEqualTo(401);
  }
}
