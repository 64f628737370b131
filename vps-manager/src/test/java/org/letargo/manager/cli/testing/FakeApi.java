package org.letargo.manager.cli.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The API v1 over HTTP on a free port of the loopback. Strict: a path, method or property that the
 * API does not have is answered as the manager would, and remembered in {@link #violations()}.
 */
public final class FakeApi implements AutoCloseable {
  public static final String TOKEN = "the-right-token";

  private static final Set<String> CREATE_KEYS =
      Set.of("name", "template", "memoryBytes", "cpus", "pids", "address", "publish");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html", "css", "text/css", "js", "text/javascript", "svg", "image/svg+xml");

  /** A request as it came. */
  public record Seen(String method, String uri, String body) {}

  private final Vertx vertx = Vertx.vertx();
  private final JsonMapper json = new JsonMapper();
  private final FakeHost host = new FakeHost();
  private final FakeStreams streams;
  private final FakeArchives archives = new FakeArchives(host);
  private final FakeSockets sockets = new FakeSockets();
  private final List<Seen> requests = new CopyOnWriteArrayList<>();
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private final Map<String, Queue<FakeError>> refusals = new ConcurrentHashMap<>();
  private final Queue<String> tokens = new ArrayDeque<>(List.of("tester"));
  private final HttpServer server;

  public FakeApi() {
    streams = new FakeStreams(host);
    server =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setRegisterWebSocketWriteHandlers(false));
    server.requestHandler(this::handle);
    try {
      server.listen().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the fake API cannot listen", e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  public FakeHost host() {
    return host;
  }

  public FakeArchives archives() {
    return archives;
  }

  public FakeSockets sockets() {
    return sockets;
  }

  public FakeStreams streams() {
    return streams;
  }

  /** What came, without the questions for events and for the page's files. */
  public List<Seen> requests() {
    return requests.stream().filter(seen -> !seen.uri().endsWith("/events")).toList();
  }

  /** What a manager would never have been asked by us. */
  public List<String> violations() {
    return violations;
  }

  /** The next request of this method and path is answered by this error. */
  public void refuseNext(String method, String path, FakeError error) {
    refusals.computeIfAbsent(method + " " + path, _ -> new ConcurrentLinkedQueue<>()).add(error);
  }

  private void handle(HttpServerRequest request) {
    if (!request.path().startsWith("/v1/")) {
      page(request);
      return;
    }
    try {
      if (!request.path().equals("/v1/session") && !isKnown(request)) {
        throw new FakeError(
            401, "UNAUTHENTICATED", "the request is refused", "its token is not known", "Sign in.");
      }
      Queue<FakeError> refused = refusals.get(request.method() + " " + request.path());
      if (refused != null && !refused.isEmpty()) {
        seen(request, "");
        throw refused.remove();
      }
      if ("websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
        seen(request, "");
        host.vps(request.path().split("/")[3]);
        sockets.accept(request);
      } else if (request.path().equals("/v1/archives")) {
        seen(request, "");
        archives.take(request, operation -> accepted(request, operation), e -> fail(request, e));
      } else if (request.method().name().equals("PUT")) {
        request.body().onSuccess(body -> added(request, body));
      } else {
        request.body().onSuccess(body -> answer(request, body.toString()));
      }
    } catch (FakeError e) {
      fail(request, e);
    }
  }

  private void added(HttpServerRequest request, Buffer body) {
    seen(request, body.length() + " bytes");
    accepted(request, host.start("template-add", "template", request.path().split("/")[3]));
  }

  private static boolean isKnown(HttpServerRequest request) {
    var cookie = request.getCookie("letargo_token");
    return ("Bearer " + TOKEN).equals(request.getHeader("Authorization"))
        || (cookie != null && cookie.getValue().equals(TOKEN));
  }

  private void seen(HttpServerRequest request, String body) {
    requests.add(new Seen(request.method().name(), request.uri(), body));
  }

  private void answer(HttpServerRequest request, String body) {
    seen(request, body);
    try {
      JsonNode sent = body.isEmpty() ? JsonNodeFactory.instance.objectNode() : json.readTree(body);
      route(request, sent);
    } catch (FakeError e) {
      fail(request, e);
    } catch (IOException e) {
      violations.add(request.method() + " " + request.uri() + ": " + e);
      fail(request, new FakeError(400, "INVALID_REQUEST", "it is refused", "no JSON", "Mend it."));
    }
  }

  private void route(HttpServerRequest request, JsonNode body) {
    String[] path = request.path().split("/");
    String call = request.method() + " " + path[2] + (path.length > 4 ? " " + path[4] : "");
    String name = path.length > 3 ? path[3] : "";
    switch (call) {
      case "POST session" -> signIn(request, body);
      case "DELETE session" ->
          request
              .response()
              .putHeader("Set-Cookie", "letargo_token=; Path=/; Max-Age=0")
              .setStatusCode(204)
              .end();
      case "GET vps" -> {
        if (name.isEmpty()) {
          var list = JsonNodeFactory.instance.objectNode();
          host.vpses().forEach(list.putArray("vps")::add);
          reply(request, 200, list);
        } else {
          reply(request, 200, host.vps(name));
        }
      }
      case "POST vps" -> create(request, body);
      case "DELETE vps" -> accepted(request, host.begin("destroy", name));
      case "POST vps start",
          "POST vps suspend",
          "POST vps resume",
          "POST vps pause",
          "POST vps unpause" -> {
        allow(request, body, Set.of());
        accepted(request, host.begin(path[4], name));
      }
      case "POST vps stop", "POST vps restart" -> {
        allow(request, body, Set.of("graceSeconds"));
        accepted(request, host.begin(path[4], name));
      }
      case "GET vps preflight" -> reply(request, 200, host.preflight(name));
      case "GET vps archive" -> archives.give(request, host.begin("export", name));
      case "GET operations" -> operations(request, name);
      case "DELETE operations" -> {
        host.operation(name);
        host.cancel(name);
        reply(request, 202, host.operation(name));
      }
      case "GET operations events" -> {
        host.operation(name);
        streams.operation(request, name);
      }
      case "GET events" -> streams.all(request);
      case "GET templates" -> reply(request, 200, read("templates.json"));
      case "POST templates build" -> {
        requireTemplate(name);
        accepted(request, host.start("template-build", "template", name));
      }
      case "GET templates archive" -> {
        requireTemplate(name);
        archives.give(request, host.start("template-export", "template", name));
      }
      case "DELETE templates" -> {
        requireTemplate(name);
        accepted(request, host.start("template-remove", "template", name));
      }
      case "GET tokens" -> reply(request, 200, read("tokens.json"));
      case "POST tokens" -> {
        allow(request, body, Set.of("name", "role"));
        reply(
            request,
            201,
            ((ObjectNode) body).deepCopy().put("token", "secret-of-" + body.path("name").asText()));
      }
      case "DELETE tokens" -> request.response().setStatusCode(204).end();
      case "POST vps checkpoints" -> {
        allow(request, body, Set.of("peer", "name"));
        accepted(request, host.start("send", "vps", name));
      }
      case "POST vps migrate" -> {
        if (path.length > 5) { // check
          allow(request, body, Set.of("peer"));
          ObjectNode found = (ObjectNode) read("migration-check.json");
          found.put("admitted", body.path("peer").asText().equals("host3"));
          reply(request, 200, found);
          return;
        }
        allow(
            request,
            body,
            Set.of("peer", "mode", "keepSource", "downtimeMillis", "bytesPerSecond"));
        accepted(request, host.start("migrate", "vps", name));
      }
      case "POST vps take-back" -> takeBack(request, body, name);
      case "GET peers" -> reply(request, 200, read("peers.json"));
      case "POST peers" -> {
        allow(request, body, Set.of("name", "url", "token", "as"));
        reply(request, 201, read("peers.json").path("peers").path(0));
      }
      case "DELETE peers" -> request.response().setStatusCode(204).end();
      case "POST peers probe" -> {
        allow(request, body, Set.of("bytes"));
        reply(request, 200, read("peers.json").path("peers").path(0));
      }
      case "POST peer-tokens" ->
          reply(
              request,
              201,
              JsonNodeFactory.instance
                  .objectNode()
                  .put("token", "letargo-join-1.a.b")
                  .put("expiresAt", "2026-01-02T03:19:05Z"));
      case "POST peer-authority" -> {
        ObjectNode rotation = JsonNodeFactory.instance.objectNode().put("finished", false);
        rotation.putArray("waitsFor").add("host3");
        reply(request, 200, rotation);
      }
      case "GET store" -> reply(request, 200, read("store.json"));
      case "GET host" -> reply(request, 200, read("host.json"));
      default -> {
        violations.add("no such call: " + request.method() + " " + request.uri());
        throw new FakeError(
            404, "NOT_FOUND", "there is no '" + call + "'", "unknown path", "Mend it.");
      }
    }
  }

  private static void requireTemplate(String name) {
    if (!name.equals("debian-12")) {
      throw new FakeError(
          404, "NOT_FOUND", "there is no template '" + name + "'", "it is unknown", "List them.");
    }
  }

  private void signIn(HttpServerRequest request, JsonNode body) {
    allow(request, body, Set.of("token"));
    if (!body.path("token").asText().equals(TOKEN)) {
      throw new FakeError(
          401, "UNAUTHENTICATED", "cannot sign in", "the token is not known", "Check it.");
    }
    request
        .response()
        .putHeader("Set-Cookie", "letargo_token=" + TOKEN + "; Path=/; HttpOnly; SameSite=Strict")
        .setStatusCode(204)
        .end();
  }

  /** Its peer does not answer: somebody has to say that it is gone. */
  private void takeBack(HttpServerRequest request, JsonNode body, String name) {
    allow(request, body, Set.of("force"));
    if (body.path("force").asBoolean()) {
      accepted(request, host.start("take-back", "vps", name));
      return;
    }
    fail(
        request,
        new FakeError(503, "PEER_UNREACHABLE", "it is not taken back", "no answer", "Say so."));
  }

  private void create(HttpServerRequest request, JsonNode body) {
    allow(request, body, CREATE_KEYS);
    String name = body.path("name").asText();
    if (host.has(name)) {
      throw new FakeError(
          409,
          "NAME_TAKEN",
          "cannot create VPS '" + name + "'",
          "there is one",
          "Take another name.");
    }
    if (body.path("template").asText().equals("nowhere")) {
      throw new FakeError(
          404, "NOT_FOUND", "there is no template 'nowhere'", "it is unknown", "List them.");
    }
    host.put(name, "creating").set("template", body.path("template"));
    accepted(request, host.start("create", "vps", name));
  }

  private void operations(HttpServerRequest request, String id) {
    if (!id.isEmpty()) {
      host.look(id);
      reply(request, 200, host.operation(id));
      return;
    }
    String vps = request.getParam("vps");
    var list = JsonNodeFactory.instance.objectNode();
    var array = list.putArray("operations");
    host.operations().stream()
        .filter(operation -> vps == null || operation.path("vps").asText().equals(vps))
        .limit(Long.parseLong(request.getParam("limit", "50")))
        .forEach(array::add);
    reply(request, 200, list);
  }

  private void allow(HttpServerRequest request, JsonNode body, Set<String> keys) {
    for (var property : body.properties()) {
      if (!keys.contains(property.getKey())) {
        violations.add(request.method() + " " + request.uri() + ": '" + property.getKey() + "'");
        throw new FakeError(
            400, "INVALID_REQUEST", "it is refused", "unknown key", "Leave it out.");
      }
    }
  }

  private JsonNode read(String resource) {
    try (InputStream in = FakeApi.class.getResourceAsStream(resource)) {
      return json.readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void accepted(HttpServerRequest request, ObjectNode operation) {
    String id = operation.path("id").asText();
    request.response().putHeader("Location", "/v1/operations/" + id);
    reply(request, 202, operation);
    streams.watch(vertx, id);
  }

  private static void fail(HttpServerRequest request, FakeError e) {
    reply(request, e.status(), JsonNodeFactory.instance.objectNode().set("error", e.error()));
  }

  private static void reply(HttpServerRequest request, int status, JsonNode body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(body.toString());
  }

  /** The console's files, under the same policy as the manager serves them. */
  private void page(HttpServerRequest request) {
    String file = request.path().equals("/") ? "index.html" : request.path().substring(1);
    try (InputStream in =
        FakeApi.class.getResourceAsStream("/org/letargo/manager/console/" + file)) {
      if (in == null) {
        violations.add("no such file: " + file);
        request.response().setStatusCode(404).end();
        return;
      }
      request
          .response()
          .putHeader("Content-Type", TYPES.get(file.substring(file.lastIndexOf('.') + 1)))
          .putHeader("Content-Security-Policy", "default-src 'self'")
          .end(Buffer.buffer(in.readAllBytes()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
