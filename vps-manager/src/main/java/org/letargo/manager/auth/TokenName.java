package org.letargo.manager.auth;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;
import org.letargo.hook.protocol.VpsException;

/** The name of a token: 1 to 32 lower-case letters, digits and hyphens, a letter first. */
public record TokenName(@JsonValue String value) implements Comparable<TokenName> {
  private static final Pattern ALLOWED = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  /**
   * @throws VpsException INVALID_REQUEST if the name is not allowed
   */
  public TokenName {
    if (value == null || !ALLOWED.matcher(value).matches()) {
      throw VpsException.invalid(
          "token name " + VpsException.quoted(value),
          "a name has 1 to 32 lower-case letters, digits and hyphens, a letter first",
          "Choose a name such as 'backup'.");
    }
  }

  @Override
  public int compareTo(TokenName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
