package org.letargo.manager.web;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.validation.RequestUtils;
import io.vertx.openapi.validation.RequestValidator;
import io.vertx.openapi.validation.SchemaValidationException;
import io.vertx.openapi.validation.ValidatorException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.auth.Role;

/**
 * The document openapi.yaml: which operations there are, who may ask for them, and what a valid
 * request is. The document says it, so that it cannot say anything else than the server does.
 */
final class Contract {
  static final String RESOURCE = "openapi.yaml";
  private static final String JSON = "application/json";

  /** What comes with a request. */
  enum Body {
    NONE,
    JSON,
    /** Bytes of any length, never gathered. */
    STREAM,
    WEB_SOCKET
  }

  /**
   * One operation.
   *
   * @param path with {@code {name}} for its variable parts
   * @param role the least role; empty if no token is wanted
   */
  record Operation(String id, HttpMethod method, String path, Optional<Role> role, Body body) {
    /** Whether it changes something. */
    boolean isUnsafe() {
      return !method.equals(HttpMethod.GET);
    }
  }

  private final byte[] document;
  private final List<Operation> operations;
  private final OpenAPIContract contract;
  private final RequestValidator validator;

  private Contract(
      byte[] document, List<Operation> operations, OpenAPIContract contract, Vertx vertx) {
    this.document = document;
    this.operations = List.copyOf(operations);
    this.contract = contract;
    this.validator = RequestValidator.create(vertx, contract);
  }

  /** Reads the document from the class path. */
  static Future<Contract> load(Vertx vertx) {
    byte[] document = read();
    Map<String, Object> tree;
    try {
      tree = new YAMLMapper().readValue(document, new TypeReference<>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    JsonObject root = new JsonObject(tree);
    List<Operation> operations = operations(root.getJsonObject("paths"));
    keepRequestsOnly(root);
    return OpenAPIContract.from(vertx, root)
        .map(contract -> new Contract(document, operations, contract, vertx));
  }

  private static byte[] read() {
    try (InputStream in = Contract.class.getResourceAsStream(RESOURCE)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Operation> operations(JsonObject paths) {
    List<Operation> found = new ArrayList<>();
    for (String path : paths.fieldNames()) {
      for (String method : paths.getJsonObject(path).fieldNames()) {
        if (!method.equals("parameters")) {
          found.add(operation(path, method, paths.getJsonObject(path).getJsonObject(method)));
        }
      }
    }
    return found;
  }

  private static Operation operation(String path, String method, JsonObject json) {
    String role = json.getString("x-role");
    if (role == null) {
      throw new IllegalStateException(method + " " + path + " has no x-role in " + RESOURCE);
    }
    return new Operation(
        json.getString("operationId"),
        HttpMethod.valueOf(method.toUpperCase(java.util.Locale.ROOT)),
        path,
        role.equals("nobody") ? Optional.empty() : Optional.of(Role.parse(role)),
        body(json));
  }

  private static Body body(JsonObject operation) {
    if ("websocket".equals(operation.getString("x-stream"))) {
      return Body.WEB_SOCKET;
    }
    JsonObject body = operation.getJsonObject("requestBody");
    if (body == null) {
      return Body.NONE;
    }
    return body.getJsonObject("content").containsKey(JSON) ? Body.JSON : Body.STREAM;
  }

  /**
   * Requests are validated and answers are not; vertx-openapi refuses media types that it does not
   * know, so streams and answers are taken out of its copy.
   */
  private static void keepRequestsOnly(JsonObject root) {
    JsonObject nothing = new JsonObject().put("description", "not validated");
    for (Object item : root.getJsonObject("paths").getMap().values()) {
      JsonObject path = item instanceof JsonObject json ? json : new JsonObject(asMap(item));
      for (String method : path.fieldNames()) {
        if (!method.equals("parameters")) {
          JsonObject operation = path.getJsonObject(method);
          Body body = body(operation);
          if (body != Body.JSON) {
            operation.remove("requestBody");
          }
          operation.put("responses", new JsonObject().put("default", nothing.copy()));
        }
      }
    }
    root.getJsonObject("components").remove("responses");
  }

  @SuppressWarnings("unchecked") // a YAML object has texts for keys
  private static Map<String, Object> asMap(Object item) {
    return (Map<String, Object>) item;
  }

  /** The document as it is. */
  Buffer document() {
    return Buffer.buffer(document);
  }

  List<Operation> operations() {
    return operations;
  }

  /** Fails with INVALID_REQUEST, which names what is wrong. */
  Future<?> validate(HttpServerRequest request, String operationId, Buffer body) {
    return RequestUtils.extract(
            request, contract.operation(operationId), () -> Future.succeededFuture(body))
        .compose(extracted -> validator.validate(extracted, operationId))
        .recover(failure -> Future.failedFuture(refused(failure)));
  }

  private static Throwable refused(Throwable failure) {
    if (failure instanceof SchemaValidationException schema) {
      return VpsException.invalid("request", SchemaErrors.words(schema), "See /openapi.yaml.");
    }
    if (failure instanceof ValidatorException
        && String.valueOf(failure.getMessage()).contains("can't be decoded")) {
      return VpsException.invalid("request", "its body is not JSON", "See /openapi.yaml.");
    }
    if (failure instanceof ValidatorException) {
      String why = String.valueOf(failure.getMessage()).lines().findFirst().orElse("malformed");
      return VpsException.invalid("request", why.replaceAll("\\.$", ""), "See /openapi.yaml.");
    }
    return failure;
  }
}
