package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, 0 or more. As text: digits and one of K, M, G, T (powers of 1024) or none. */
public record DataSize(@JsonValue long bytes) implements Comparable<DataSize> {
  private static final Pattern TEXT = Pattern.compile("([0-9]{1,15})([KMGT]?)(i?B)?");
  private static final String UNITS = "KMGT";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public DataSize {
    if (bytes < 0) {
      throw VpsException.invalid("size " + bytes, "a size is not negative", "Give 0 or more.");
    }
  }

  public static DataSize ofBytes(long bytes) {
    return new DataSize(bytes);
  }

  public static DataSize ofMebibytes(long mebibytes) {
    return new DataSize(Math.multiplyExact(mebibytes, 1L << 20));
  }

  /**
   * Reads {@code 512M}, {@code 2G}, {@code 1048576}.
   *
   * @throws VpsException INVALID_REQUEST if the text has another form or is beyond 8 EiB
   */
  public static DataSize parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (matcher.matches()) {
      int power = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
      try {
        return new DataSize(
            Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * power)));
      } catch (ArithmeticException beyondLong) {
        // answered below, like every other size that cannot be
      }
    }
    throw VpsException.invalid(
        "size " + VpsException.quoted(text),
        "a size is a number with one of K, M, G, T or nothing behind it",
        "Write it like '512M' or '2G'.");
  }

  /** For people: one decimal, {@code 1.5 GiB}. */
  public String toHumanText() {
    if (bytes < 1024) {
      return bytes + " B";
    }
    int power = Math.min((63 - Long.numberOfLeadingZeros(bytes)) / 10, UNITS.length());
    double value = (double) bytes / (1L << (10 * power));
    return String.format(java.util.Locale.ROOT, "%.1f %siB", value, UNITS.charAt(power - 1));
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  @Override
  public String toString() {
    return toHumanText();
  }
}
