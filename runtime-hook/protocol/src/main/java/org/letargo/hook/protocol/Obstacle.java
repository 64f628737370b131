package org.letargo.hook.protocol;

import java.util.Optional;

/**
 * One thing that stands in the way of a checkpoint, or that a checkpoint treats in a way worth
 * knowing. What it names was chosen by programs of the VPS; it is made printable and short here.
 *
 * @param process whose it is; empty if it is nobody's in particular
 * @param resource what it is; empty if it is the process itself
 * @param reason why it matters, without a full stop
 * @param remedy what to do, full sentences; empty if there is nothing to do
 */
public record Obstacle(
    ObstacleKind kind,
    Optional<VpsProcess> process,
    Optional<ObstacleResource> resource,
    String reason,
    String remedy) {
  private static final int MAX_LENGTH = 200;

  public Obstacle {
    reason = printable(reason);
  }

  /** With the reason and the remedy that all of its kind have. */
  public static Obstacle of(
      ObstacleKind kind, Optional<VpsProcess> process, Optional<ObstacleResource> resource) {
    return new Obstacle(kind, process, resource, kind.reason(), kind.remedy());
  }

  /** The same for another reason. */
  public Obstacle because(String other) {
    return new Obstacle(kind, process, resource, other, remedy);
  }

  public boolean blocks() {
    return kind.severity() == Severity.BLOCKS;
  }

  /** {@code process 71 (redis-server), descriptor 7 (anon_inode:[io_uring]): why}. */
  public String sentence() {
    String where =
        process.map(VpsProcess::toString).orElse("")
            + (process.isPresent() && resource.isPresent() ? ", " : "")
            + resource.map(ObstacleResource::toString).orElse("");
    return where.isEmpty() ? reason : where + ": " + reason;
  }

  static String printable(String text) {
    String shown = text.replaceAll("\\p{Cntrl}", "?");
    return shown.length() <= MAX_LENGTH ? shown : shown.substring(0, MAX_LENGTH) + "...";
  }
}
