package org.letargo.integration.harness;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An operation as the API last showed it.
 *
 * @param vps empty if it is not about one
 * @param state running, succeeded, failed or cancelled
 * @param json all of it
 */
public record Operation(
    String id, String kind, String vps, String state, String phase, JsonNode json) {
  static Operation of(JsonNode json) {
    return new Operation(
        json.path("id").asText(),
        json.path("kind").asText(),
        json.path("vps").asText(),
        json.path("state").asText(),
        json.path("phase").asText(),
        json);
  }

  public boolean isRunning() {
    return state.equals("running");
  }

  /** Fails the test with the operation's reason unless it succeeded. */
  public Operation expectSucceeded() {
    if (!state.equals("succeeded")) {
      throw new AssertionError(
          "%s of '%s' %s: %s"
              .formatted(kind, vps, state, json.at("/error/message").asText("no reason")));
    }
    return this;
  }

  /** Why it failed; fails the test if it did not. */
  public Failure expectFailed() {
    if (!state.equals("failed") && !state.equals("cancelled")) {
      throw new AssertionError("%s of '%s' should fail, but %s".formatted(kind, vps, state));
    }
    return Failure.of(0, json.path("error"));
  }
}
