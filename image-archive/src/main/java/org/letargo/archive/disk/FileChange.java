package org.letargo.archive.disk;

/**
 * A file that is not in one of two checkpoints as it is in the other.
 *
 * @param path inside the VPS, without a slash before it; as UTF-8, as far as it is
 * @param kind what has become of it
 * @param beforeBytes its size then; 0 if it was not there, and for what is no regular file
 * @param afterBytes its size later
 */
public record FileChange(String path, Kind kind, long beforeBytes, long afterBytes) {
  /** What has become of a file. */
  public enum Kind {
    ADDED,
    REMOVED,
    /** Its content, owner, mode or attributes; not its times alone. */
    CHANGED
  }
}
