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

  public FakeError(int status, String code, String what, String why, String remedy) {
    super(what + ": " + why + ". " + remedy);
    this.status = status;
    this.code = code;
    this.what = what;
    this.why = why;
    this.remedy = remedy;
  }

  int status() {
    return status;
  }

  ObjectNode error() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("code", code)
        .put("what", what)
        .put("why", why)
        .put("remedy", remedy)
        .put("message", getMessage());
  }
}
