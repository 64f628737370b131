package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLException;

/**
 * Talks to the manager's API. Every failure comes out as a {@link CliFailure}, those of the network
 * included. Safe for several threads; connections are opened at the first call.
 */
final class ApiClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private static final Duration CLOSE = Duration.ofMillis(500);

  /** For requests that the manager answers at once. */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  /** An answer that is not a stream is never longer; a list of 10,000 VPSes has 5 MB. */
  private static final int MAX_ANSWER_BYTES = 64 << 20;

  private final ManagerUrl url;
  private final String token;
  private final HttpClient http;

  ApiClient(ManagerUrl url, String token) {
    this.url = url;
    this.token = token;
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    if (!url.isEncrypted()) {
      client.sslContext(NoTls.context());
    }
    this.http = client.build();
  }

  JsonNode get(String path) {
    return call("GET", path, Optional.empty());
  }

  JsonNode post(String path, Optional<JsonNode> body) {
    return call("POST", path, body);
  }

  JsonNode put(String path, JsonNode body) {
    return call("PUT", path, Optional.of(body));
  }

  JsonNode patch(String path, JsonNode body) {
    return call("PATCH", path, Optional.of(body));
  }

  JsonNode delete(String path) {
    return call("DELETE", path, Optional.empty());
  }

  /** An answer without a body reads as an empty object. */
  private JsonNode call(String method, String path, Optional<JsonNode> body) {
    HttpRequest.Builder request = request(path).timeout(ANSWER);
    if (body.isPresent()) {
      request.header("Content-Type", "application/json");
      request.method(method, HttpRequest.BodyPublishers.ofString(body.get().toString()));
    } else {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    }
    HttpResponse<InputStream> response = send(request.build());
    try (InputStream answer = response.body()) {
      return json(answer);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** Follows server-sent events; the caller closes them. */
  ServerEvents events(String path) {
    return new ServerEvents(
        send(request(path).header("Accept", "text/event-stream").build()).body());
  }

  /** A body that is read as it comes; the caller closes it. */
  HttpResponse<InputStream> download(String path) {
    return send(request(path).build());
  }

  /**
   * Sends a body as it is read and returns the answer. The answer is read while the body is still
   * being sent, so that a refusal in the middle is heard.
   */
  JsonNode upload(String method, String path, String contentType, Upload.Source source) {
    try {
      return new Upload(url, token).send(method, path, contentType, source);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** Opens a WebSocket; the caller closes it. */
  Tunnel tunnel(String path, Tunnel.Sink sink) {
    var tunnel = new Tunnel(sink);
    try {
      http.newWebSocketBuilder()
          .header("Authorization", "Bearer " + token)
          .connectTimeout(CONNECT)
          .buildAsync(url.webSocketAt(path), tunnel)
          .join();
      return tunnel;
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        Object said = refused.getResponse().body();
        throw refusal(refused.getResponse().statusCode(), said == null ? "" : said.toString());
      }
      throw unreachable(e.getCause() instanceof IOException io ? io : new IOException(e));
    }
  }

  /**
   * Ends its threads. One that waits for the network would keep the JVM from ending for 0.3 s: for
   * so long HotSpot waits for threads in native code.
   */
  @Override
  public void close() {
    http.shutdownNow();
    try {
      http.awaitTermination(CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.at(path)).header("Authorization", "Bearer " + token);
  }

  private HttpResponse<InputStream> send(HttpRequest request) {
    try {
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      if (response.statusCode() / 100 == 2) {
        return response;
      }
      try (InputStream body = response.body()) {
        String text = new String(body.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
        throw refusal(response.statusCode(), text);
      }
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(new IOException("interrupted", e));
    }
  }

  private static JsonNode json(InputStream answer) throws IOException {
    String text = new String(answer.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
    return text.isBlank() ? JsonNodeFactory.instance.objectNode() : Output.parse(text);
  }

  /** What an answer outside 200 to 299 means. */
  static CliFailure refusal(int status, String body) {
    String start = body.stripLeading();
    if (start.startsWith("{")) {
      JsonNode error = Output.parse(start).path("error");
      if (error.isObject()) {
        return CliFailure.ofError(error);
      }
    }
    String code =
        switch (status) {
          case 401 -> "UNAUTHENTICATED";
          case 403 -> "FORBIDDEN";
          case 404 -> "NOT_FOUND";
          case 503 -> "HOOK_UNREACHABLE";
          case 507 -> "NO_SPACE";
          default -> status < 500 ? "INVALID_REQUEST" : "INTERNAL";
        };
    return new CliFailure(
        ExitStatus.ofCode(code),
        code,
        "the request failed",
        "the server answered with HTTP status " + status + " and no reason",
        "Check that --url leads to a Letargo manager.");
  }

  private CliFailure unreachable(IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String remedy = "Check that it runs and that --url or LETARGO_URL has its address.";
    if (e instanceof ConnectException && e.getMessage() == null) {
      why = "nobody listens there";
    } else if (e instanceof SSLException) {
      remedy = "Check its certificate and that --url has the right scheme and name.";
    }
    var failure =
        new CliFailure(
            ExitStatus.MANAGER_UNREACHABLE,
            "MANAGER_UNREACHABLE",
            "cannot talk to the manager at " + url,
            why,
            remedy);
    failure.initCause(e);
    return failure;
  }
}
