package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The name of a template: 1 to 32 lower-case letters, digits, dots and hyphens, starting and ending
 * with a letter or digit.
 */
public record TemplateName(@JsonValue String value) implements Comparable<TemplateName> {
  private static final Pattern ALLOWED = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,30}[a-z0-9])?");

  /**
   * @throws VpsException INVALID_REQUEST if the name is not allowed
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public TemplateName {
    if (value == null || !ALLOWED.matcher(value).matches() || value.contains("..")) {
      throw VpsException.invalid(
          "template name " + VpsException.quoted(value),
          "a name has 1 to 32 lower-case letters, digits, dots and hyphens",
          "Choose a name such as 'debian-12'.");
    }
  }

  @Override
  public int compareTo(TemplateName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
