package org.letargo.integration.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A failure as the API tells it.
 *
 * @param status of the HTTP answer; 0 if an operation failed later
 * @param code a stable name such as {@code BUSY}
 * @param message {@code what: why. remedy}
 * @param obstacles what stood in the way of a checkpoint
 * @param log lines of the engine's log
 */
public record Failure(
    int status,
    String code,
    String what,
    String why,
    String remedy,
    String message,
    List<JsonNode> obstacles,
    List<String> log) {
  static Failure of(int status, JsonNode error) {
    return new Failure(
        status,
        error.path("code").asText(),
        error.path("what").asText(),
        error.path("why").asText(),
        error.path("remedy").asText(),
        error.path("message").asText(),
        error.path("obstacles").valueStream().toList(),
        error.path("log").valueStream().map(JsonNode::asText).toList());
  }
}
