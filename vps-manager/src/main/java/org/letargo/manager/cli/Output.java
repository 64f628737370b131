package org.letargo.manager.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What the commands say: results on standard output, all else on standard error. Safe for several
 * threads; a line is never torn.
 */
final class Output {
  private final PrintStream out;
  private final PrintStream err;
  private final boolean json;
  private final boolean debug;

  Output(Environment environment, boolean json) {
    this.out = new PrintStream(environment.out(), true, StandardCharsets.UTF_8);
    this.err = new PrintStream(environment.err(), true, StandardCharsets.UTF_8);
    this.json = json;
    this.debug = environment.isDebug();
  }

  boolean isJson() {
    return json;
  }

  /** One line of the result. */
  void line(String text) {
    out.println(text);
  }

  /** The result as one document, indented. */
  void document(JsonNode document) {
    out.println(document.toPrettyString());
  }

  /** One document on one line, for results that come one after another. */
  void jsonLine(JsonNode document) {
    out.println(document.toString());
  }

  /** For the person at the terminal; never part of the result, left out with {@code --json}. */
  void notice(String text) {
    if (!json) {
      err.println(text);
    }
  }

  /** Something is amiss, but the command goes on. */
  void warn(String text) {
    if (json) {
      err.println(JsonNodeFactory.instance.objectNode().put("warning", text));
      return;
    }
    err.println("letargo: warning: " + text);
  }

  void failure(CliFailure failure) {
    err.println(json ? failure.toJson().toString() : "letargo: " + failure.getMessage());
    if (debug) {
      failure.printStackTrace(err);
    }
  }

  PrintStream errorStream() {
    return err;
  }

  /**
   * Reads JSON of the manager.
   *
   * @throws CliFailure if it is none
   */
  static JsonNode parse(String text) {
    try {
      return Mapper.INSTANCE.readTree(text);
    } catch (JsonProcessingException e) {
      throw new CliFailure(
          ExitStatus.SYSTEM,
          "INTERNAL",
          "cannot read the manager's answer",
          "it is not JSON: " + e.getOriginalMessage(),
          "Check that --url leads to a Letargo manager.");
    }
  }

  /** Made at first use: it costs some 50 ms, and help and completion do not need it. */
  private static final class Mapper {
    static final JsonMapper INSTANCE = JsonMapper.builder().build();
  }
}
