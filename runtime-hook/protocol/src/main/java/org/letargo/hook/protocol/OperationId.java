package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Names one operation, chosen by the manager: {@code op-} and 12 hexadecimal digits. */
public record OperationId(@JsonValue String value) {
  private static final Pattern ALLOWED = Pattern.compile("op-[0-9a-f]{12}");
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * @throws VpsException INVALID_REQUEST if it has another form
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public OperationId {
    if (value == null || !ALLOWED.matcher(value).matches()) {
      throw VpsException.invalid(
          "operation " + VpsException.quoted(value),
          "an operation is named 'op-' and 12 hexadecimal digits",
          "List the operations with 'letargo ops'.");
    }
  }

  /** A new one that no other operation has. */
  public static OperationId create() {
    byte[] random = new byte[6];
    RANDOM.nextBytes(random);
    return new OperationId("op-" + HexFormat.of().formatHex(random));
  }

  @Override
  public String toString() {
    return value;
  }
}
