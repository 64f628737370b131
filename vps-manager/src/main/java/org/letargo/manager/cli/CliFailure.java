package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.letargo.hook.protocol.VpsException;

/**
 * A command that failed, with its exit status. It is not a {@link VpsException}, because the code
 * may be one that only a newer manager knows, or that only the command line has.
 */
final class CliFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitStatus status;
  private final String code;
  private final String what;
  private final String why;
  private final String remedy;

  /** Obstacles and log as the API wrote them; empty if it did not. */
  private final transient ObjectNode behind;

  /**
   * @param what what failed, without a full stop
   * @param why the reason, without a full stop
   * @param remedy what to do, a full sentence; may be empty
   */
  CliFailure(ExitStatus status, String code, String what, String why, String remedy) {
    this(status, code, what, why, remedy, JsonNodeFactory.instance.objectNode());
  }

  private CliFailure(
      ExitStatus status, String code, String what, String why, String remedy, ObjectNode behind) {
    super(what + ": " + why + "." + (remedy.isEmpty() ? "" : " " + remedy));
    this.status = status;
    this.code = code;
    this.what = what;
    this.why = why;
    this.remedy = remedy;
    this.behind = behind;
  }

  static CliFailure of(VpsException e) {
    var failure =
        new CliFailure(
            ExitStatus.ofCode(e.code().name()), e.code().name(), e.what(), e.why(), e.remedy());
    failure.initCause(e);
    return failure;
  }

  /**
   * From the {@code error} object of an answer or of an operation; with what there is of it when it
   * is not as agreed.
   */
  static CliFailure ofError(JsonNode error) {
    String code = error.path("code").asText("INTERNAL");
    ObjectNode behind = JsonNodeFactory.instance.objectNode();
    for (String part : List.of("obstacles", "log")) {
      if (error.path(part).isArray()) {
        behind.set(part, error.path(part));
      }
    }
    return new CliFailure(
        ExitStatus.ofCode(code),
        code,
        error.path("what").asText("the request failed"),
        error.path("why").asText(error.path("message").asText("the manager gives no reason")),
        error.path("remedy").asText(""),
        behind);
  }

  /** The same with a further sentence about what to do. */
  CliFailure advising(String sentence) {
    var failure =
        new CliFailure(status, code, what, why, (remedy + " " + sentence).strip(), behind);
    failure.initCause(this);
    return failure;
  }

  /** Whatever was thrown, as a person reads it. */
  static CliFailure ofAny(Throwable thrown) {
    return switch (thrown) {
      case CliFailure failure -> failure;
      case VpsException failure -> of(failure);
      default -> {
        var failure =
            new CliFailure(
                ExitStatus.SYSTEM,
                "INTERNAL",
                "letargo failed",
                String.valueOf(thrown),
                "Run it again with LETARGO_DEBUG=1 and report what it says.");
        failure.initCause(thrown);
        yield failure;
      }
    };
  }

  CliFailure withStatus(ExitStatus other) {
    var failure = new CliFailure(other, code, what, why, remedy, behind);
    failure.initCause(this);
    return failure;
  }

  ExitStatus status() {
    return status;
  }

  String code() {
    return code;
  }

  /** As the API writes errors, with the exit status beside. */
  JsonNode toJson() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ObjectNode error = document.putObject("error");
    error
        .put("code", code)
        .put("what", what)
        .put("why", why)
        .put("remedy", remedy)
        .put("message", getMessage())
        .put("exitStatus", status.number());
    error.setAll(behind);
    return document;
  }
}
