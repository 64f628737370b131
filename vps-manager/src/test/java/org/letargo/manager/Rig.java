package org.letargo.manager;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsLimits;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.testing.FakeHook;
import org.letargo.manager.config.LogFormat;
import org.letargo.manager.config.ManagerConfig;
import org.letargo.manager.config.Peering;
import org.letargo.manager.config.Tls;
import org.letargo.manager.operation.HookPatience;

/** A manager over real HTTP with a fake hook behind a real socket, and a client of both. */
public final class Rig implements AutoCloseable {
  /** Short, so that tests of dead hooks are. */
  public static final HookPatience PATIENCE =
      new HookPatience(Duration.ofMillis(10), Duration.ofSeconds(20));

  private static final ObjectMapper JSON = new ObjectMapper();

  /** An answer with its body as JSON; a missing node if it has none. */
  public record Answer(int status, JsonNode json, HttpResponse<String> response) {
    /** STATUS CODE of an error. */
    public String error() {
      return status + " " + json.path("error").path("code").asText();
    }

    public String message() {
      return json.path("error").path("message").asText();
    }
  }

  private final Path dir;
  private final FakeHook hook;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HookPatience patience;
  private Peering peering;
  private Manager manager;
  private String token;

  private Rig(Path dir, HookPatience patience, Peering peering) throws IOException {
    this.dir = dir;
    this.patience = patience;
    this.peering = peering;
    this.hook = FakeHook.start(dir.resolve("hook.sock"));
  }

  public static Rig start(Path dir) throws IOException {
    return start(dir, PATIENCE);
  }

  public static Rig start(Path dir, HookPatience patience) throws IOException {
    return new Rig(dir, patience, new Peering.Off()).started();
  }

  /** One that listens for peers too, on a port that stays when the manager is started again. */
  public static Rig startWithPeers(Path dir) throws IOException {
    Rig rig = new Rig(dir, PATIENCE, new Peering.On("127.0.0.1", 0, Optional.empty())).started();
    int port = rig.manager.peerPort().orElseThrow();
    rig.peering = new Peering.On("127.0.0.1", port, Optional.empty());
    return rig;
  }

  private Rig started() throws IOException {
    startManager();
    token = Files.readString(config().adminTokenFile()).strip();
    return this;
  }

  public ManagerConfig config() {
    return new ManagerConfig(
        "test",
        dir.resolve("state"),
        dir,
        "127.0.0.1",
        0,
        new Tls.Off(),
        dir.resolve("state/manager.db"),
        LogFormat.TEXT,
        1000,
        1000,
        peering);
  }

  public void startManager() {
    manager = Manager.start(config(), patience);
  }

  /** Ends the manager, whatever it is doing, as SIGTERM does. */
  public void stopManager() {
    manager.close();
  }

  public Manager manager() {
    return manager;
  }

  public FakeHook hook() {
    return hook;
  }

  public HttpClient http() {
    return http;
  }

  /** The first token, of role admin. */
  public String token() {
    return token;
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + manager.port() + path);
  }

  public URI webSocketUri(String path) {
    return URI.create("ws://127.0.0.1:" + manager.port() + path);
  }

  /** A request with the admin's token. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + token);
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  public Answer delete(String path) {
    return send(request(path).DELETE());
  }

  public Answer post(String path) {
    return send(request(path).POST(BodyPublishers.noBody()));
  }

  public Answer post(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  public Answer put(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(json)));
  }

  public Answer upload(String path, BodyPublisher body) {
    return send(request(path).header("Content-Type", "application/octet-stream").POST(body));
  }

  public Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      String type = response.headers().firstValue("Content-Type").orElse("");
      JsonNode json =
          type.equals("application/json") ? JSON.readTree(response.body()) : JSON.missingNode();
      return new Answer(response.statusCode(), json, response);
    } catch (IOException e) {
      throw new AssertionError("no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Waits for the end of the operation that was begun; how it ended. */
  public JsonNode end(Answer accepted) {
    if (accepted.status() != 202) {
      throw new AssertionError("not accepted: " + accepted.json());
    }
    return end(accepted.json().get("id").asText());
  }

  public JsonNode end(String operation) {
    return Awaitility.await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(40))
        .until(
            () -> get("/v1/operations/" + operation).json(),
            json -> !json.path("state").asText().equals("running"));
  }

  /** The state of a VPS. */
  public String state(String vps) {
    return get("/v1/vps/" + vps).json().path("state").asText();
  }

  /** A VPS, made past the manager. */
  public void create(String name) {
    hook.client()
        .call(
            new HookRequest.CreateVps(
                OperationId.create(),
                new VpsName(name),
                new TemplateName("tiny"),
                VpsLimits.DEFAULT,
                Optional.empty(),
                List.of()));
    Awaitility.await().until(() -> get("/v1/vps/" + name).status() == 200);
  }

  /** A VPS that runs. */
  public void createRunning(String name) {
    create(name);
    end(post("/v1/vps/" + name + "/start"));
  }

  /** A VPS that is suspended. */
  public void createSuspended(String name) {
    createRunning(name);
    end(post("/v1/vps/" + name + "/suspend"));
  }

  @Override
  public void close() throws IOException {
    manager.close();
    http.close();
    hook.close();
  }
}
