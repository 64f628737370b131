package org.letargo.archive;

import static org.letargo.archive.ArchiveException.quoted;

import java.util.regex.Pattern;

/** The checks that values of a manifest go through, each naming its field when it refuses. */
final class Checks {
  /** No file, memory or disk of a checkpoint is larger: 16 TiB. Sums of these never overflow. */
  static final long MAX_BYTES = 1L << 44;

  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]*");

  private Checks() {}

  static void matches(Pattern allowed, String value, String field) {
    if (value == null || !allowed.matcher(value).matches()) {
      throw refused(field, "the value " + quoted(String.valueOf(value)) + " has the wrong form");
    }
  }

  static void printable(String value, int maxChars, String field) {
    if (value == null || value.length() > maxChars || !PRINTABLE.matcher(value).matches()) {
      throw refused(
          field,
          "the value "
              + quoted(String.valueOf(value))
              + " is not plain text of at most "
              + maxChars
              + " characters");
    }
  }

  static void inRange(long value, long min, long max, String field) {
    if (value < min || value > max) {
      throw refused(field, value + " is not from " + min + " to " + max);
    }
  }

  static ArchiveException refused(String field, String why) {
    return ArchiveException.refused("field '" + field + "' of the manifest is refused", why);
  }
}
