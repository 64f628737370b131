package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * An operation as the manager shows it.
 *
 * @param subject the VPS or template that it changes; empty when it does not say
 * @param percent 0 to 100
 * @param json all that the manager said
 */
record OperationView(
    String id,
    String kind,
    String subject,
    String state,
    String phase,
    OptionalInt percent,
    OptionalLong doneBytes,
    OptionalLong totalBytes,
    JsonNode json) {

  static OperationView of(JsonNode json) {
    if (!json.path("id").isTextual() || !json.path("state").isTextual()) {
      throw new CliFailure(
          ExitStatus.SYSTEM,
          "INTERNAL",
          "cannot read the manager's answer",
          "an operation without id or state",
          "Check that --url leads to a Letargo manager of this version.");
    }
    return new OperationView(
        json.path("id").asText(),
        json.path("kind").asText("change"),
        json.path("vps").asText(json.path("template").asText("")),
        json.path("state").asText(),
        json.path("phase").asText(""),
        json.path("percent").isNumber()
            ? OptionalInt.of(Math.clamp(json.path("percent").asLong(), 0, 100))
            : OptionalInt.empty(),
        bytes(json.path("doneBytes")),
        bytes(json.path("totalBytes")),
        json);
  }

  private static OptionalLong bytes(JsonNode node) {
    return node.isIntegralNumber() ? OptionalLong.of(node.asLong()) : OptionalLong.empty();
  }

  boolean isRunning() {
    return state.equals("running");
  }

  boolean hasSucceeded() {
    return state.equals("succeeded");
  }

  /** Why it did not succeed; to be asked only when it has ended so. */
  CliFailure failure() {
    if (json.path("error").isObject()) {
      CliFailure failure = CliFailure.ofError(json.path("error"));
      return json.path("error").path("log").isEmpty()
          ? failure
          : failure.advising("The engine's log: 'letargo ops show " + id + " --log'.");
    }
    boolean cancelled = state.equals("cancelled");
    return new CliFailure(
        cancelled ? ExitStatus.CANCELLED : ExitStatus.SYSTEM,
        cancelled ? "CANCELLED" : "INTERNAL",
        "cannot " + kind + " '" + subject + "'",
        "operation " + id + " was " + state,
        cancelled ? "Start it again when you want it." : "Look into the manager's log.");
  }
}
