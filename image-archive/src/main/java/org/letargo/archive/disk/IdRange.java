package org.letargo.archive.disk;

import static org.letargo.archive.ArchiveException.quoted;

import org.letargo.archive.ArchiveException;

/**
 * The user and group ids of one VPS on this host: inside they are 0 to 65535, on the host they
 * begin at {@code base}.
 */
public record IdRange(long base) {
  /** How many ids a VPS has. */
  public static final int COUNT = 65_536;

  public IdRange {
    if (base < 0 || base + COUNT > 0xFFFF_FFFFL) { // the last one, -1, means "no change"
      throw new IllegalArgumentException("id range at " + base);
    }
  }

  /** The id on the host. */
  long toHost(int inner) {
    return base + inner;
  }

  /**
   * The id inside the VPS.
   *
   * @param what for the message, such as "user id"
   */
  int toInner(long host, String what, String rawPath) {
    long inner = host - base;
    if (inner < 0 || inner >= COUNT) {
      throw ArchiveException.notCapturable(
          "the disk cannot be saved at " + quoted(RawPaths.shown(rawPath)),
          what + " " + host + " is outside its own range, " + base + " to " + (base + COUNT - 1),
          "Give the file to an id of the VPS, with chown from inside.");
    }
    return (int) inner;
  }
}
