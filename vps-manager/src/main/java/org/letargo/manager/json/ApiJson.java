package org.letargo.manager.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.VpsException;

/** The API's JSON: like the protocol's, and what is empty is left out. */
public final class ApiJson {
  private static final JsonMapper MAPPER =
      Json.MAPPER
          .rebuild()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
          .build();

  private ApiJson() {}

  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer is not JSON", e);
    }
  }

  public static String text(Object value) {
    return new String(bytes(value), StandardCharsets.UTF_8);
  }

  /**
   * @throws VpsException INVALID_REQUEST if it is not JSON or not what is wanted
   */
  public static <T> T read(String json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw refused(e);
    }
  }

  private static VpsException refused(JsonProcessingException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof VpsException known) {
        return known;
      }
    }
    if (e instanceof UnrecognizedPropertyException unknown) {
      return VpsException.invalid(
          "request",
          "it has the property "
              + VpsException.quoted(unknown.getPropertyName())
              + ", which is not known",
          "See /openapi.yaml.");
    }
    if (e instanceof MismatchedInputException mismatch && !mismatch.getPath().isEmpty()) {
      String property = VpsException.quoted(mismatch.getPath().getLast().getFieldName());
      boolean missing = e.getOriginalMessage().startsWith("Null value for creator property");
      return VpsException.invalid(
          "request",
          "its property " + property + (missing ? " is missing" : " is not what is expected"),
          "See /openapi.yaml.");
    }
    return VpsException.invalid(
        "request", "it is not what is expected: " + e.getOriginalMessage(), "See /openapi.yaml.");
  }
}
