package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens, roles, cookies, origins and the audit. */
class AccessTest {
  private static final String UNKNOWN = "0".repeat(64);

  @TempDir Path dir;
  private Rig rig;

  @BeforeEach
  void start() throws IOException {
    rig = Rig.start(dir);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  private Rig.Answer as(String token, String method, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(rig.uri(path)).header("Authorization", "Bearer " + token);
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    return rig.send(request.method(method, BodyPublishers.ofString(body)));
  }

  private String token(String name, String role) {
    var made = rig.post("/v1/tokens", "{\"name\":\"" + name + "\",\"role\":\"" + role + "\"}");
    assertThat(made.status()).isEqualTo(201);
    return made.json().get("token").asText();
  }

  @Test
  void writesTheFirstTokenForRootOnly() throws IOException {
    Path file = rig.config().adminTokenFile();

    assertThat(Files.readString(file)).matches("[0-9a-f]{64}\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(rig.manager().firstTokenMade()).isTrue();
    rig.stopManager();
    rig.startManager();
    assertThat(rig.manager().firstTokenMade()).isFalse();
    assertThat(rig.get("/v1/vps").status()).isEqualTo(200);
  }

  @Test
  void keepsOnlyHashesOfTokens() throws IOException {
    token("ops", "operator");
    rig.stopManager();

    for (Path file : List.of(rig.config().database())) {
      assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
          .doesNotContain(rig.token());
    }
    rig.startManager();
  }

  @Test
  void wantsATokenForEverythingBelowV1() {
    for (String path :
        List.of(
            "/v1/vps",
            "/v1/vps/web1",
            "/v1/vps/web1/archive",
            "/v1/vps/web1/exec",
            "/v1/vps/web1/console",
            "/v1/operations",
            "/v1/events",
            "/v1/templates",
            "/v1/tokens",
            "/v1/host",
            "/v1/audit")) {
      var refused = rig.send(HttpRequest.newBuilder(rig.uri(path)).GET());
      assertThat(refused.error()).as(path).isEqualTo("401 UNAUTHENTICATED");
      assertThat(refused.message()).contains("Authorization: Bearer");
      assertThat(as(UNKNOWN, "GET", path, "").error()).as(path).isEqualTo("401 UNAUTHENTICATED");
    }
    var created =
        rig.send(
            HttpRequest.newBuilder(rig.uri("/v1/vps")).POST(BodyPublishers.ofString("not JSON")));
    assertThat(created.error()).isEqualTo("401 UNAUTHENTICATED");
  }

  @Test
  void letsEachRoleDoItsPart() {
    rig.create("web1");
    String viewer = token("looker", "viewer");
    String operator = token("worker", "operator");

    assertThat(as(viewer, "GET", "/v1/vps", "").status()).isEqualTo(200);
    assertThat(as(viewer, "GET", "/v1/host", "").status()).isEqualTo(200);
    for (String path :
        List.of("/v1/vps/web1/archive", "/v1/vps/web1/exec", "/v1/vps/web1/console")) {
      assertThat(as(viewer, "GET", path, "").error()).as(path).isEqualTo("403 FORBIDDEN");
    }
    assertThat(as(viewer, "POST", "/v1/vps/web1/start", "").error()).isEqualTo("403 FORBIDDEN");
    assertThat(as(viewer, "DELETE", "/v1/vps/web1", "").error()).isEqualTo("403 FORBIDDEN");
    assertThat(as(viewer, "POST", "/v1/vps", "{}").error()).isEqualTo("403 FORBIDDEN");
    assertThat(as(viewer, "POST", "/v1/archives", "x").error()).isEqualTo("403 FORBIDDEN");

    var started = as(operator, "POST", "/v1/vps/web1/start", "");
    assertThat(rig.end(started).get("by").asText()).isEqualTo("worker");
    for (String path : List.of("/v1/tokens", "/v1/audit")) {
      assertThat(as(operator, "GET", path, "").error()).as(path).isEqualTo("403 FORBIDDEN");
    }
    assertThat(as(operator, "POST", "/v1/templates/debian-12/build", "").error())
        .isEqualTo("403 FORBIDDEN");
    assertThat(as(operator, "PUT", "/v1/templates/mine", "x").error()).isEqualTo("403 FORBIDDEN");
    assertThat(as(operator, "DELETE", "/v1/templates/tiny", "").error()).isEqualTo("403 FORBIDDEN");
    assertThat(as(viewer, "GET", "/v1/templates/tiny/archive", "").error())
        .isEqualTo("403 FORBIDDEN");
    assertThat(as(operator, "POST", "/v1/tokens", "{}").message())
        .isEqualTo(
            "createToken is not allowed: token 'worker' has the role operator, it wants admin. Use"
                + " another token, or let an admin make one.");
  }

  @Test
  void makesListsAndRevokesTokens() {
    String viewer = token("looker", "viewer");
    JsonNode tokens = rig.get("/v1/tokens").json().get("tokens");
    assertThat(tokens.findValuesAsText("name")).containsExactly("admin", "looker");
    assertThat(tokens.get(1).fieldNames())
        .toIterable()
        .containsExactly("name", "role", "createdAt");

    assertThat(rig.delete("/v1/tokens/looker").status()).isEqualTo(204);

    assertThat(as(viewer, "GET", "/v1/vps", "").error()).isEqualTo("401 UNAUTHENTICATED");
    assertThat(rig.delete("/v1/tokens/looker").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.delete("/v1/tokens/admin").error()).isEqualTo("409 WRONG_STATE");
    token("boss", "admin");
    assertThat(rig.delete("/v1/tokens/admin").status()).isEqualTo(204);
  }

  @Test
  void refusesTokensThatCannotBe() {
    assertThat(tokenError("{\"name\":\"admin\",\"role\":\"viewer\"}")).isEqualTo("409 NAME_TAKEN");
    assertThat(tokenError("{\"name\":\"a b\",\"role\":\"viewer\"}"))
        .isEqualTo("400 INVALID_REQUEST");
    assertThat(tokenError("{\"name\":\"a\",\"role\":\"king\"}")).isEqualTo("400 INVALID_REQUEST");
    assertThat(tokenError("{\"name\":\"a\"}")).isEqualTo("400 INVALID_REQUEST");
  }

  private String tokenError(String json) {
    return rig.post("/v1/tokens", json).error();
  }

  @Test
  void setsAndClearsTheCookieOfBrowsers() {
    var opened = openSession(rig.token());
    assertThat(opened.status()).isEqualTo(204);
    assertThat(opened.response().headers().firstValue("Set-Cookie").orElseThrow())
        .startsWith("letargo_token=" + rig.token())
        .contains("HTTPOnly", "SameSite=Strict", "Path=/")
        .doesNotContain("Secure");
    assertThat(withCookie("GET", "/v1/vps", "").status()).isEqualTo(200);

    var closed = rig.send(HttpRequest.newBuilder(rig.uri("/v1/session")).DELETE());
    assertThat(closed.status()).isEqualTo(204);
    assertThat(closed.response().headers().firstValue("Set-Cookie").orElseThrow())
        .startsWith("letargo_token=;")
        .contains("Max-Age=0");
    assertThat(openSession(UNKNOWN).error()).isEqualTo("401 UNAUTHENTICATED");
  }

  private Rig.Answer openSession(String token) {
    return rig.send(
        HttpRequest.newBuilder(rig.uri("/v1/session"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"token\":\"" + token + "\"}")));
  }

  private Rig.Answer withCookie(String method, String path, String origin) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(rig.uri(path)).header("Cookie", "letargo_token=" + rig.token());
    if (!origin.isEmpty()) {
      request.header("Origin", origin);
    }
    return rig.send(request.method(method, BodyPublishers.noBody()));
  }

  @Test
  void refusesWhatOtherSitesLetABrowserDo() {
    rig.createRunning("web1");
    String own = "http://127.0.0.1:" + rig.manager().port();
    String pause = "/v1/vps/web1/pause";

    for (String foreign : List.of("http://evil.example", "null", "https" + own.substring(4))) {
      assertThat(withCookie("POST", pause, foreign).error()).isEqualTo("403 FORBIDDEN");
      assertThat(withCookie("GET", "/v1/vps/web1/console", foreign).error())
          .isEqualTo("403 FORBIDDEN");
      assertThat(withCookie("DELETE", "/v1/vps/web1", foreign).error()).isEqualTo("403 FORBIDDEN");
    }
    assertThat(rig.state("web1")).isEqualTo("running");
    assertThat(withCookie("POST", pause, own).status()).isEqualTo(202);
    var withHeader = rig.request("/v1/host").header("Origin", "http://evil.example").GET();
    assertThat(rig.send(withHeader).status()).isEqualTo(200);
  }

  @Test
  void auditsWhoDidWhatFromWhereAndHowItEnded() {
    rig.create("web1");
    String worker = token("worker", "operator");
    var started = as(worker, "POST", "/v1/vps/web1/start", "");
    rig.end(started);
    as(worker, "GET", "/v1/tokens", "");
    as(UNKNOWN, "DELETE", "/v1/vps/web1", "");

    await().untilAsserted(() -> assertThat(rig.get("/v1/audit").json().get("entries")).hasSize(4));
    JsonNode entries = rig.get("/v1/audit").json().get("entries");
    JsonNode start = byAction(entries, "startVps");
    assertThat(start.get("by").asText()).isEqualTo("worker");
    assertThat(start.get("path").asText()).isEqualTo("/v1/vps/web1/start");
    assertThat(start.get("from").asText()).isEqualTo("127.0.0.1");
    assertThat(start.get("status").asInt()).isEqualTo(202);
    assertThat(start.get("operation")).isEqualTo(started.json().get("id"));
    assertThat(start.get("outcome").asText()).isEqualTo("succeeded");
    assertThat(byAction(entries, "listTokens").get("status").asInt()).isEqualTo(403);
    assertThat(byAction(entries, "destroyVps").get("by").asText()).isEqualTo("-");
    assertThat(byAction(entries, "createToken").get("by").asText()).isEqualTo("admin");
    assertThat(rig.get("/v1/audit?limit=2").json().get("entries")).hasSize(2);
  }

  private static JsonNode byAction(JsonNode entries, String action) {
    for (JsonNode entry : entries) {
      if (entry.get("action").asText().equals(action)) {
        return entry;
      }
    }
    throw new AssertionError("no entry " + action + " in " + entries);
  }
}
