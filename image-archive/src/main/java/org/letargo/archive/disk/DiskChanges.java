package org.letargo.archive.disk;

import java.util.List;

/**
 * What was saved or applied.
 *
 * @param entries of the tar, the root included
 * @param deleted names that the template has and the VPS does not
 * @param dataBytes content, holes not counted
 * @param skippedSockets raw paths of Unix sockets, 1,000 at most: no tar can hold one. CRIU makes
 *     those that a process has bound anew; one that nobody has bound is of no use to anybody.
 * @param droppedXattrs attributes that belong to the host and stayed behind
 */
public record DiskChanges(
    long entries, long deleted, long dataBytes, List<String> skippedSockets, long droppedXattrs) {
  /** Names of the files in a checkpoint directory. */
  public static final String TAR = "rootfs-diff.tar";

  public static final String DELETED = "deleted.files";

  public DiskChanges {
    skippedSockets = List.copyOf(skippedSockets);
  }
}
