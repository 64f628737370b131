package org.letargo.hook.change;

import java.time.Instant;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;

/**
 * A checkpoint that is to be taken, as it will stand in the timeline. One of the kind CLONE will
 * not: it is there until the clone has its own, and goes with the next start if the hook dies.
 */
record CheckpointWish(CheckpointId id, CheckpointKind kind, String label, String note) {
  /** One that nobody gave a name. */
  static CheckpointWish of(CheckpointKind kind) {
    return new CheckpointWish(CheckpointId.create(Instant.now()), kind, "", "");
  }

  boolean isForTheTimeline() {
    return kind != CheckpointKind.CLONE;
  }
}
