package org.letargo.manager.peer;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Pattern;
import org.letargo.hook.protocol.VpsException;

/** What this host calls a peer: 1 to 32 lower-case letters, digits and hyphens, a letter first. */
public record PeerName(@JsonValue String value) implements Comparable<PeerName> {
  private static final int MAX_LENGTH = 32;
  private static final Pattern ALLOWED = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  /**
   * @throws VpsException INVALID_REQUEST if the name is not allowed
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public PeerName {
    if (value == null || !ALLOWED.matcher(value).matches()) {
      throw VpsException.invalid(
          "peer name " + VpsException.quoted(value),
          "a name has 1 to 32 lower-case letters, digits and hyphens, a letter first",
          "Choose a name such as 'host2'.");
    }
  }

  /** The first part of a host's name, as far as it can be a name here; else {@code peer}. */
  static PeerName ofHost(String hostName) {
    String first = hostName.replaceFirst("\\..*", "").toLowerCase(Locale.ROOT);
    String clean = first.replaceAll("[^a-z0-9-]", "-").replaceFirst("^[^a-z]+", "");
    String cut = clean.substring(0, Math.min(clean.length(), MAX_LENGTH));
    return new PeerName(cut.isEmpty() ? "peer" : cut);
  }

  @Override
  public int compareTo(PeerName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
