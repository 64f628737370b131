package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two managers that become peers, are peers, and cease to be. */
class PeersTest {
  @TempDir Path dir;
  private Rig here;
  private Rig there;

  @BeforeEach
  void start() throws IOException {
    here = Rig.startWithPeers(Files.createDirectory(dir.resolve("here")));
    there = Rig.startWithPeers(Files.createDirectory(dir.resolve("there")));
  }

  @AfterEach
  void close() throws IOException {
    here.close();
    there.close();
  }

  private static String url(Rig rig) {
    return "https://127.0.0.1:" + rig.manager().peerPort().orElseThrow();
  }

  private static String token(Rig rig) {
    var made = rig.post("/v1/peer-tokens");
    assertThat(made.status()).isEqualTo(201);
    return made.json().get("token").asText();
  }

  private static Rig.Answer add(Rig rig, String name, String url, String token, String as) {
    return rig.post(
        "/v1/peers",
        "{\"name\":\"%s\",\"url\":\"%s\",\"token\":\"%s\",\"as\":\"%s\"}"
            .formatted(name, url, token, as));
  }

  private void becomePeers() {
    var added = add(here, "there", url(there), token(there), "here");
    assertThat(added.status()).as(added.message()).isEqualTo(201);
  }

  private static JsonNode peers(Rig rig) {
    var answer = rig.get("/v1/peers");
    assertThat(answer.status()).isEqualTo(200);
    return answer.json().get("peers");
  }

  private static JsonNode onlyPeer(Rig rig) {
    JsonNode peers = peers(rig);
    assertThat(peers).hasSize(1);
    return peers.get(0);
  }

  @Test
  void makeEachOtherPeersByAToken() {
    becomePeers();

    JsonNode seen = onlyPeer(here);
    assertThat(seen.get("name").asText()).isEqualTo("there");
    assertThat(seen.get("url").asText()).isEqualTo(url(there));
    assertThat(seen.get("reachable").asBoolean()).isTrue();
    assertThat(seen.get("knowsOurs").asBoolean()).isTrue();
    assertThat(seen.get("authorities")).hasSize(1);
    assertThat(seen.at("/facts/kernel").asText()).isEqualTo("6.18.0");
    assertThat(seen.at("/facts/engineVersion").asText()).isEqualTo("4.2");
    assertThat(seen.at("/facts/cpuFeatures")).hasSize(3);
    assertThat(seen.at("/facts/memoryAvailableBytes").asLong()).isEqualTo(2048L << 20);
    assertThat(seen.get("latencyMicros").asLong()).isNotNegative();
    assertThat(seen.has("bytesPerSecond")).isFalse();
    JsonNode back = onlyPeer(there);
    assertThat(back.get("name").asText()).isEqualTo("here");
    assertThat(back.get("url").asText()).isEqualTo(url(here));
    assertThat(back.get("reachable").asBoolean()).isTrue();
    assertThat(back.get("authorities")).isNotEqualTo(seen.get("authorities"));
  }

  @Test
  void stayPeersWhenTheyAreStartedAgain() {
    becomePeers();
    JsonNode authorities = onlyPeer(here).get("authorities");

    here.stopManager();
    there.stopManager();
    here.startManager();
    there.startManager();

    assertThat(onlyPeer(here).get("reachable").asBoolean()).isTrue();
    assertThat(onlyPeer(there).get("reachable").asBoolean()).isTrue();
    assertThat(onlyPeer(here).get("authorities")).isEqualTo(authorities);
  }

  @Test
  void useATokenOnce() {
    String token = token(there);
    add(here, "there", url(there), token, "here");
    assertThat(here.delete("/v1/peers/there").status()).isEqualTo(204);

    var again = add(here, "there", url(there), token, "other");

    assertThat(again.error()).isEqualTo("409 PEER_REFUSED");
    assertThat(again.message())
        .contains("the token is not known here: it was used, or has ended")
        .contains("Run 'letargo peer token' there again.");
    assertThat(peers(here)).isEmpty();
    assertThat(onlyPeer(there).get("name").asText()).isEqualTo("here");
    await().untilAsserted(() -> assertThat(audited(there, "peer.join", 401)).isTrue());
    assertThat(audited(there, "peer.join", 200)).isTrue();
  }

  private static boolean audited(Rig rig, String action, int status) {
    for (JsonNode entry : rig.get("/v1/audit").json().get("entries")) {
      if (entry.get("action").asText().equals(action) && entry.get("status").asInt() == status) {
        return true;
      }
    }
    return false;
  }

  @Test
  void doNotSendATokenToAnotherHostThanTheOneThatMadeIt() throws IOException {
    try (Rig between = Rig.startWithPeers(Files.createDirectory(dir.resolve("between")))) {
      String token = token(there);

      var answer = add(here, "there", url(between), token, "here");

      assertThat(answer.error()).isEqualTo("503 PEER_UNREACHABLE");
      assertThat(answer.message()).contains("the host at " + url(between) + " is not trusted");
      assertThat(audited(between, "peer.join", 401)).isFalse();
      assertThat(peers(here)).isEmpty();
      assertThat(add(here, "there", url(there), token, "here").status()).isEqualTo(201);
    }
  }

  @Test
  void keepATokenThatWasRefusedForAName() throws IOException {
    becomePeers();
    try (Rig third = Rig.startWithPeers(Files.createDirectory(dir.resolve("third")))) {
      String token = token(there);

      var taken = add(third, "there", url(there), token, "here");

      assertThat(taken.error()).isEqualTo("409 PEER_REFUSED");
      assertThat(taken.message()).contains("there is one of that name");
      assertThat(add(third, "there", url(there), token, "third").status()).isEqualTo(201);
    }
  }

  @Test
  void refuseToKnowTheSameHostTwice() {
    becomePeers();
    String token = token(there);

    assertThat(add(here, "there", url(there), token, "more").error()).isEqualTo("409 NAME_TAKEN");
    assertThat(add(here, "again", url(there), token, "more").message())
        .contains("the same installation is a peer already, as 'here'");
    assertThat(add(here, "self", url(here), token(here), "self").message())
        .contains("a host is no peer of itself");
    assertThat(peers(here)).hasSize(1);
    assertThat(peers(there)).hasSize(1);
  }

  @Test
  void believeARemovedPeerNoLonger() {
    becomePeers();
    JsonNode before = onlyPeer(here);
    assertThat(before.get("reachable").asBoolean()).as("%s", before).isTrue();

    assertThat(there.delete("/v1/peers/here").status()).isEqualTo(204);

    JsonNode refused = onlyPeer(here);
    assertThat(refused.get("reachable").asBoolean()).isFalse();
    assertThat(refused.at("/error/code").asText()).isEqualTo("PEER_REFUSED");
    assertThat(refused.at("/error/message").asText())
        .contains("it comes from no peer of this host, or from one that was removed");
    await().untilAsserted(() -> assertThat(audited(there, "peer.facts", 401)).isTrue());
    assertThat(there.delete("/v1/peers/here").error()).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void sayThatAPeerDoesNotAnswer() {
    becomePeers();
    there.stopManager();

    JsonNode away = onlyPeer(here);

    assertThat(away.get("reachable").asBoolean()).isFalse();
    assertThat(away.at("/error/code").asText()).isEqualTo("PEER_UNREACHABLE");
    assertThat(away.has("facts")).isFalse();
    there.startManager();
  }

  @Test
  void replaceAnAuthorityWhenAllPeersHaveHeard() {
    becomePeers();
    JsonNode before = onlyPeer(there).get("authorities");
    there.stopManager();

    JsonNode waiting = here.post("/v1/peer-authority/rotate").json();

    assertThat(waiting.get("finished").asBoolean()).isFalse();
    assertThat(waiting.get("waitsFor").get(0).asText()).isEqualTo("there");
    here.stopManager(); // what was begun is on the disk
    there.startManager();
    assertThat(onlyPeer(there).get("authorities")).isEqualTo(before);
    here.startManager();
    await()
        .untilAsserted(() -> {
          assertThat(onlyPeer(there).get("authorities")).hasSize(1).isNotEqualTo(before);
          assertThat(onlyPeer(here).get("reachable").asBoolean()).isTrue();
          assertThat(onlyPeer(here).get("knowsOurs").asBoolean()).isTrue();
        });
    assertThat(onlyPeer(there).get("reachable").asBoolean()).isTrue();
    assertThat(dir.resolve("here/state/manager/peers/next-authority.pem")).doesNotExist();
  }

  @Test
  void replaceAnAuthorityAtOnceWhenAllAnswer() {
    becomePeers();
    String unused = token(here);
    JsonNode before = onlyPeer(there).get("authorities");

    JsonNode rotation = here.post("/v1/peer-authority/rotate").json();

    assertThat(rotation.get("finished").asBoolean()).isTrue();
    assertThat(rotation.get("waitsFor")).isEmpty();
    assertThat(onlyPeer(there).get("authorities")).hasSize(1).isNotEqualTo(before);
    assertThat(onlyPeer(there).get("reachable").asBoolean()).isTrue();
    assertThat(onlyPeer(here).get("reachable").asBoolean()).isTrue();
    assertThat(add(there, "again", url(here), unused, "there").error())
        .isEqualTo("503 PEER_UNREACHABLE");
    assertThat(audited(there, "peer.authorities", 200)).isTrue();
  }

  @Test
  void seeABandwidth() {
    becomePeers();

    var probed = here.post("/v1/peers/there/probe", "{\"bytes\":3000001}");

    assertThat(probed.status()).as(probed.message()).isEqualTo(200);
    assertThat(probed.json().get("bytesPerSecond").asLong()).isPositive();
    assertThat(onlyPeer(here).get("bytesPerSecond")).isEqualTo(probed.json().get("bytesPerSecond"));
    assertThat(here.post("/v1/peers/nobody/probe", "{}").error()).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void keepSecretsToThemselves() throws IOException {
    String token = token(there);
    Path key = dir.resolve("there/state/manager/peers/authority.pem");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key.getParent())))
        .isEqualTo("rwx------");
    there.stopManager();
    String database =
        new String(Files.readAllBytes(there.config().database()), StandardCharsets.ISO_8859_1);
    assertThat(database).doesNotContain(token.substring(token.lastIndexOf('.') + 1));
    there.startManager();
  }

  @Test
  void letOnlyAdminsChangePeers() {
    String operator =
        here.post("/v1/tokens", "{\"name\":\"ops\",\"role\":\"operator\"}")
            .json()
            .get("token")
            .asText();

    assertThat(as(operator, "GET", "/v1/peers").status()).isEqualTo(200);
    assertThat(as(operator, "POST", "/v1/peer-tokens").error()).isEqualTo("403 FORBIDDEN");
    assertThat(as(operator, "DELETE", "/v1/peers/there").error()).isEqualTo("403 FORBIDDEN");
    assertThat(as(operator, "POST", "/v1/peer-authority/rotate").error())
        .isEqualTo("403 FORBIDDEN");
  }

  private Rig.Answer as(String token, String method, String path) {
    return here.send(
        HttpRequest.newBuilder(here.uri(path))
            .header("Authorization", "Bearer " + token)
            .method(method, BodyPublishers.noBody()));
  }

  @Test
  void refuseWhatIsNoTokenOrUrl() {
    assertThat(add(here, "there", url(there), "letargo", "here").message())
        .startsWith("the join token is refused: it is not what 'letargo peer token' prints.");
    assertThat(add(here, "there", "http://127.0.0.1:1", token(there), "here").error())
        .isEqualTo("400 INVALID_REQUEST");
    assertThat(add(here, "There", url(there), token(there), "here").error())
        .isEqualTo("400 INVALID_REQUEST");
  }

  @Test
  void sayThatTheyAreOff() throws IOException {
    try (Rig off = Rig.start(Files.createDirectory(dir.resolve("off")))) {
      assertThat(off.manager().peerPort()).isEmpty();
      assertThat(off.get("/v1/peers").error()).isEqualTo("500 HOST_UNFIT");
      assertThat(off.get("/v1/peers").message()).contains("Set 'peers.listen'");
      assertThat(dir.resolve("off/state/manager/peers")).doesNotExist();
    }
  }
}
