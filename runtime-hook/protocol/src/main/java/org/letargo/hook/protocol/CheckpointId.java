package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Names one checkpoint: the second (UTC) it was begun and 8 random hexadecimal digits, {@code
 * 20260131-235959-0a1b2c3d}. Ids sort by time.
 */
public record CheckpointId(@JsonValue String value) implements Comparable<CheckpointId> {
  private static final Pattern ALLOWED = Pattern.compile("[0-9]{8}-[0-9]{6}-[0-9a-f]{8}");
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * @throws VpsException INVALID_REQUEST if it has another form
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public CheckpointId {
    if (value == null || !ALLOWED.matcher(value).matches()) {
      throw VpsException.invalid(
          "checkpoint " + VpsException.quoted(value),
          "a checkpoint is named by its date, time and 8 hexadecimal digits",
          "List those of a VPS with 'letargo timeline NAME'.");
    }
  }

  /** A new one, begun at {@code when}. */
  public static CheckpointId create(Instant when) {
    byte[] random = new byte[4];
    RANDOM.nextBytes(random);
    return new CheckpointId(SECOND.format(when) + "-" + HexFormat.of().formatHex(random));
  }

  @Override
  public int compareTo(CheckpointId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
