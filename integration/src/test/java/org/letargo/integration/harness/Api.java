package org.letargo.integration.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;

/**
 * The REST API of one instance, as a client of it sees it. {@code run} waits for the end of an
 * operation and expects success, {@code begin} only starts it, {@code refused} expects an error.
 * Any number of threads.
 */
public final class Api {
  /** JSON in both directions. */
  public static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(60);
  private static final Duration LONGEST_OPERATION = Duration.ofMinutes(5);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;
  private final Supplier<String> token;

  /**
   * @param token asked for at each request
   */
  Api(URI base, Supplier<String> token) {
    this.base = base;
    this.token = token;
  }

  /** The same API with another token, or none if it is empty. */
  public Api withToken(String other) {
    return new Api(base, () -> other);
  }

  /** Any request; the body is sent as JSON unless it is empty. */
  public HttpResponse<String> send(String method, String path, Map<String, ?> body) {
    try {
      HttpRequest.Builder request = request(path).timeout(LONGEST_ANSWER);
      if (body.isEmpty()) {
        request.method(method, HttpRequest.BodyPublishers.noBody());
      } else {
        request
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** A request with authentication, to be filled in and sent with {@link #client}. */
  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
    String text = token.get();
    if (!text.isEmpty()) {
      request.header("Authorization", "Bearer " + text);
    }
    return request;
  }

  public HttpClient client() {
    return client;
  }

  /** Opens a WebSocket with authentication. */
  WebSocket webSocket(String path, WebSocket.Listener listener) {
    return client
        .newWebSocketBuilder()
        .header("Authorization", "Bearer " + token.get())
        .buildAsync(URI.create("ws" + base.resolve(path).toString().substring(4)), listener)
        .join();
  }

  /** GET, which must succeed. */
  public JsonNode get(String path) {
    return parse(expect(200, send("GET", path, Map.of())));
  }

  /** Starts an operation. */
  public Operation begin(String method, String path, Map<String, ?> body) {
    return Operation.of(parse(expect(202, send(method, path, body))));
  }

  public Operation begin(String method, String path) {
    return begin(method, path, Map.of());
  }

  /** Starts an operation and waits until it has succeeded. */
  public Operation run(String method, String path, Map<String, ?> body) {
    return await(begin(method, path, body)).expectSucceeded();
  }

  public Operation run(String method, String path) {
    return run(method, path, Map.of());
  }

  /** Sends a request that must be refused at once. */
  public Failure refused(String method, String path, Map<String, ?> body) {
    HttpResponse<String> answer = send(method, path, body);
    if (answer.statusCode() < 400) {
      throw new AssertionError(
          "%s %s should be refused, but: %d %s"
              .formatted(method, path, answer.statusCode(), answer.body()));
    }
    return Failure.of(answer.statusCode(), parse(answer).path("error"));
  }

  /** Why it fails, whether it is refused at once or later. */
  public Failure fails(String method, String path, Map<String, ?> body) {
    HttpResponse<String> answer = send(method, path, body);
    if (answer.statusCode() >= 400) {
      return Failure.of(answer.statusCode(), parse(answer).path("error"));
    }
    return await(Operation.of(parse(expect(202, answer)))).expectFailed();
  }

  /**
   * Waits until an operation has ended, however it does. Goes on waiting while the manager cannot
   * be reached: it may be killed and started again meanwhile.
   */
  public Operation await(Operation operation) {
    return await(operation, LONGEST_OPERATION);
  }

  /** {@link #await(Operation)}, but no longer than this. */
  public Operation await(Operation operation, Duration longest) {
    AtomicReference<Operation> last = new AtomicReference<>(operation);
    Awaitility.await("end of " + operation.kind() + " of '" + operation.vps() + "'")
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .atMost(longest)
        .until(() -> {
          try {
            last.set(operation(operation.id()));
          } catch (UncheckedIOException e) {
            return false; // the manager is not there now
          }
          return !last.get().isRunning();
        });
    return last.get();
  }

  /**
   * Follows the events of an operation to its end, as the command line and the console do: the
   * answer comes as soon as the manager tells.
   */
  public Operation follow(Operation operation) {
    HttpRequest request =
        request("/v1/operations/" + operation.id() + "/events").timeout(LONGEST_OPERATION).build();
    try (Stream<String> lines = client.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
      return lines
          .filter(line -> line.startsWith("data:"))
          .map(line -> Operation.of(json(line.substring(5))))
          .filter(reported -> !reported.isRunning())
          .findFirst()
          .orElseThrow(
              () -> new AssertionError("the events of " + operation.id() + " ended before it did"));
    } catch (IOException e) {
      throw new UncheckedIOException("events of " + operation.id() + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  public Operation operation(String id) {
    return Operation.of(get("/v1/operations/" + id));
  }

  /** The last operation of this kind that was begun. */
  public Operation newest(String kind) {
    return StreamSupport.stream(get("/v1/operations").path("operations").spliterator(), false)
        .map(Operation::of)
        .filter(operation -> operation.kind().equals(kind))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there was no operation '" + kind + "'"));
  }

  public List<String> vpsNames() {
    return StreamSupport.stream(get("/v1/vps").path("vps").spliterator(), false)
        .map(vps -> vps.path("name").asText())
        .toList();
  }

  /** Downloads the archive of a VPS; the operation must succeed. */
  public Operation exportTo(String vps, Path file) {
    HttpRequest request = request("/v1/vps/" + vps + "/archive").build();
    try {
      HttpResponse<Path> answer =
          client.send(
              request,
              HttpResponse.BodyHandlers.ofFile(
                  file,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.TRUNCATE_EXISTING));
      if (answer.statusCode() != 200) {
        throw new AssertionError("export of '" + vps + "': " + Files.readString(file));
      }
      String id = answer.headers().firstValue("Letargo-Operation").orElseThrow();
      return await(operation(id)).expectSucceeded();
    } catch (IOException e) {
      throw new UncheckedIOException("export of '" + vps + "': " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Uploads an archive under the name that is in it; the operation must succeed. */
  public Operation importFrom(Path file) {
    return await(beginImport(file)).expectSucceeded();
  }

  /** Uploads an archive; the operation may go on after the last byte. */
  public Operation beginImport(Path file) {
    return Operation.of(parse(expect(202, upload("/v1/archives", file))));
  }

  /** Uploads an archive as a VPS of another name; the operation must succeed. */
  public Operation importFrom(Path file, String vps) {
    HttpResponse<String> answer = upload("/v1/archives?name=" + vps, file);
    return await(Operation.of(parse(expect(202, answer)))).expectSucceeded();
  }

  /** Uploads an archive that must be refused, at once or by the end of the operation. */
  public Failure importFails(byte[] archive) {
    HttpRequest request =
        request("/v1/archives")
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofByteArray(archive))
            .build();
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() >= 400
          ? Failure.of(answer.statusCode(), parse(answer).path("error"))
          : await(Operation.of(parse(expect(202, answer)))).expectFailed();
    } catch (IOException e) {
      throw new UncheckedIOException("upload: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Uploads a file; the answer may be anything. */
  public HttpResponse<String> upload(String path, Path file) {
    try {
      HttpRequest request =
          request(path)
              .header("Content-Type", "application/octet-stream")
              .POST(HttpRequest.BodyPublishers.ofFile(file))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException("upload of " + file + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Throws unless manager and hook are up. */
  void requireHealth() throws IOException {
    // a connection that comes while the manager begins to listen may never be answered
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("/health")).timeout(Duration.ofSeconds(2)).build();
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException(answer.body());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** The body of an answer. */
  public static JsonNode parse(HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + answer.statusCode() + " " + answer.body(), e);
    }
  }

  private static HttpResponse<String> expect(int status, HttpResponse<String> answer) {
    if (answer.statusCode() != status) {
      throw new AssertionError(
          "%s %s: %d %s"
              .formatted(
                  answer.request().method(),
                  answer.request().uri().getPath(),
                  answer.statusCode(),
                  answer.body()));
    }
    return answer;
  }
}
