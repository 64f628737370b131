package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The name of a VPS: 1 to 32 lower-case letters, digits and hyphens, starting with a letter and not
 * ending in a hyphen. It is its host name, its folder and part of its container id, so nothing else
 * is allowed.
 */
public record VpsName(@JsonValue String value) implements Comparable<VpsName> {
  private static final String RESERVED = "letargo-trial-";

  private static final Pattern ALLOWED = Pattern.compile("[a-z]([a-z0-9-]{0,30}[a-z0-9])?");

  /**
   * @throws VpsException INVALID_REQUEST if the name is not allowed
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public VpsName {
    if (value == null || !ALLOWED.matcher(value).matches()) {
      throw VpsException.invalid(
          "VPS name " + VpsException.quoted(value),
          "a name has 1 to 32 lower-case letters, digits and hyphens, starts with a letter and"
              + " does not end in a hyphen",
          "Choose a name such as 'web1'.");
    }
  }

  /**
   * For whoever makes a VPS under this name.
   *
   * @throws VpsException INVALID_REQUEST if it is kept for what Letargo makes for itself
   */
  public void requireUnreserved() {
    if (isReserved()) {
      throw VpsException.invalid(
          "VPS name " + VpsException.quoted(value),
          "names that begin with '" + RESERVED + "' are kept for trial restores",
          "Choose another name.");
    }
  }

  /** Whether no VPS can be made under it. */
  public boolean isReserved() {
    return value.startsWith(RESERVED);
  }

  /**
   * A name that is kept for Letargo itself.
   *
   * @param suffix lower-case letters and digits, 16 at most
   */
  public static VpsName reserved(String suffix) {
    return new VpsName(RESERVED + suffix);
  }

  @Override
  public int compareTo(VpsName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
