package org.letargo.archive;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * All that a manifest says about a checkpoint, except its files.
 *
 * @param id second (UTC) it was begun and 8 hexadecimal digits, {@code 20260131-235959-0a1b2c3d}
 * @param parent id of the checkpoint that it follows on; empty if there is none
 * @param takenAt when everything stood still; years 2000 to 2199
 * @param memoryBytes memory pages in it; 0 if the VPS was stopped
 * @param diskBytes data of the disk changes
 */
public record CheckpointDescription(
    String id,
    String parent,
    Instant takenAt,
    VpsDescription vps,
    HostDescription host,
    long memoryBytes,
    long diskBytes) {
  private static final Pattern ID = Pattern.compile("[0-9]{8}-[0-9]{6}-[0-9a-f]{8}");
  private static final Pattern ID_OR_NONE = Pattern.compile("|" + ID.pattern());
  private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("2199-12-31T23:59:59Z");

  /**
   * @throws ArchiveException REFUSED if a value has the wrong form
   */
  public CheckpointDescription {
    Checks.matches(ID, id, "checkpoint.id");
    Checks.matches(ID_OR_NONE, parent, "checkpoint.parent");
    if (takenAt.isBefore(FIRST) || takenAt.isAfter(LAST)) {
      throw Checks.refused("checkpoint.takenAt", takenAt + " is not from 2000 to 2199");
    }
    Checks.inRange(memoryBytes, 0, Checks.MAX_BYTES, "checkpoint.memoryBytes");
    Checks.inRange(diskBytes, 0, Checks.MAX_BYTES, "checkpoint.diskBytes");
  }

  /** Whether a text has the form of a checkpoint's id, so that it is a plain file name, too. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** The checkpoint that this one follows on. */
  public Optional<String> parentId() {
    return parent.isEmpty() ? Optional.empty() : Optional.of(parent);
  }
}
