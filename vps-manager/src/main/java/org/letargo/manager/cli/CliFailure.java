package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

  /**
   * @param what what failed, without a full stop
   * @param why the reason, without a full stop
   * @param remedy what to do, a full sentence; may be empty
   */
  CliFailure(ExitStatus status, String code, String what, String why, String remedy) {
    super(what + ": " + why + "." + (remedy.isEmpty() ? "" : " " + remedy));
    this.status = status;
    this.code = code;
    this.what = what;
    this.why = why;
    this.remedy = remedy;
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
    return new CliFailure(
        ExitStatus.ofCode(code),
        code,
        error.path("what").asText("the request failed"),
        error.path("why").asText(error.path("message").asText("the manager gives no reason")),
        error.path("remedy").asText(""));
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
    var failure = new CliFailure(other, code, what, why, remedy);
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
    document
        .putObject("error")
        .put("code", code)
        .put("what", what)
        .put("why", why)
        .put("remedy", remedy)
        .put("message", getMessage())
        .put("exitStatus", status.number());
    return document;
  }
}
