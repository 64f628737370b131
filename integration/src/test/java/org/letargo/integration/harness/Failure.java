package org.letargo.integration.harness;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A failure as the API tells it.
 *
 * @param status of the HTTP answer; 0 if an operation failed later
 * @param code a stable name such as {@code BUSY}
 * @param message {@code what: why. remedy}
 */
public record Failure(
    int status, String code, String what, String why, String remedy, String message) {
  static Failure of(int status, JsonNode error) {
    return new Failure(
        status,
        error.path("code").asText(),
        error.path("what").asText(),
        error.path("why").asText(),
        error.path("remedy").asText(),
        error.path("message").asText());
  }
}
