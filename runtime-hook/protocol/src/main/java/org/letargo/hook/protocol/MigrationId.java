package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Names one migration on both hosts, chosen by the manager of the source: {@code mg-} and 32
 * hexadecimal digits, so many that no two hosts choose the same.
 */
public record MigrationId(@JsonValue String value) {
  private static final Pattern ALLOWED = Pattern.compile("mg-[0-9a-f]{32}");
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * @throws VpsException INVALID_REQUEST if it has another form
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public MigrationId {
    if (value == null || !ALLOWED.matcher(value).matches()) {
      throw VpsException.invalid(
          "migration " + VpsException.quoted(value),
          "a migration is named 'mg-' and 32 hexadecimal digits",
          "Let both hosts run the same Letargo.");
    }
  }

  /** A new one that no other migration has. */
  public static MigrationId create() {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    return new MigrationId("mg-" + HexFormat.of().formatHex(random));
  }

  @Override
  public String toString() {
    return value;
  }
}
