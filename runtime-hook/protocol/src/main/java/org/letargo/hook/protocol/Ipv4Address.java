package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An IPv4 address in dotted form, without leading zeros. */
public record Ipv4Address(@JsonValue String value) implements Comparable<Ipv4Address> {
  private static final String OCTET = "(0|[1-9][0-9]{0,2})";
  private static final Pattern FORM =
      Pattern.compile(OCTET + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET);

  /**
   * @throws VpsException INVALID_REQUEST if it is no address
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Ipv4Address {
    if (value == null || !isAddress(value)) {
      throw VpsException.invalid(
          "address " + VpsException.quoted(value),
          "it is not an IPv4 address",
          "Write it like '10.77.0.5'.");
    }
  }

  /** The address with this number, the first octet in the highest bits. */
  public static Ipv4Address of(int bits) {
    return new Ipv4Address(
        (bits >>> 24) + "." + (bits >>> 16 & 255) + "." + (bits >>> 8 & 255) + "." + (bits & 255));
  }

  /** The address as a number, the first octet in the highest bits. */
  public int bits() {
    int bits = 0;
    for (String octet : value.split("\\.")) {
      bits = bits << 8 | Integer.parseInt(octet);
    }
    return bits;
  }

  private static boolean isAddress(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    for (int group = 1; group <= 4; group++) {
      if (Integer.parseInt(matcher.group(group)) > 255) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(Ipv4Address other) {
    return Integer.compareUnsigned(bits(), other.bits());
  }

  @Override
  public String toString() {
    return value;
  }
}
