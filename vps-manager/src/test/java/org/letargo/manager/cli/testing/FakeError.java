package org.letargo.manager.cli.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** An error as the API answers it. */
public final class FakeError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final String what;
  private final String why;
  private final String remedy;
  private final transient ObjectNode behind = JsonNodeFactory.instance.objectNode();

  public FakeError(int status, String code, String what, String why, String remedy) {
    super(what + ": " + why + ". " + remedy);
    this.status = status;
    this.code = code;
    this.what = what;
    this.why = why;
    this.remedy = remedy;
  }

  /** The same with an obstacle that blocks, and with lines of the engine's log. */
  public FakeError with(ObjectNode obstacle, String... log) {
    behind.withArray("obstacles").add(obstacle);
    for (String line : log) {
      behind.withArray("log").add(line);
    }
    return this;
  }

  /** An obstacle in the form of the API. */
  public static ObjectNode obstacle(String code, String severity, int pid, String command) {
    ObjectNode obstacle =
        JsonNodeFactory.instance
            .objectNode()
            .put("code", code)
            .put("severity", severity)
            .put("transient", false)
            .put("reason", "it is " + code)
            .put("remedy", severity.equals("blocks") ? "End it." : "")
            .put("message", "process " + pid + " (" + command + "): it is " + code);
    obstacle.putObject("process").put("pid", pid).put("command", command);
    return obstacle;
  }

  int status() {
    return status;
  }

  ObjectNode error() {
    ObjectNode error =
        JsonNodeFactory.instance
            .objectNode()
            .put("code", code)
            .put("what", what)
            .put("why", why)
            .put("remedy", remedy)
            .put("message", getMessage());
    return error.setAll(behind);
  }
}
