package org.letargo.integration.harness;

import java.nio.charset.StandardCharsets;

/**
 * How a command in a VPS ended.
 *
 * @param output all that it wrote to standard output
 * @param errors all that it wrote to standard error
 */
public record ExecResult(int status, byte[] output, byte[] errors) {
  /** Its output as text, without white space around it. */
  public String text() {
    return new String(output, StandardCharsets.UTF_8).strip();
  }

  public String errorText() {
    return new String(errors, StandardCharsets.UTF_8).strip();
  }
}
