package org.letargo.hook.change;

import java.time.Instant;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.VerifyDepth;

/**
 * A checkpoint that is to be taken, as it will stand in the timeline. One of the kind CLONE will
 * not: it is there until the clone has its own, and goes with the next start if the hook dies.
 *
 * @param verify what it must pass; empty: nobody tries
 */
record CheckpointWish(
    CheckpointId id, CheckpointKind kind, String label, String note, Optional<VerifyDepth> verify) {
  /** One that nobody gave a name. */
  static CheckpointWish of(CheckpointKind kind) {
    return of(kind, Optional.empty());
  }

  /** The same, verified. */
  static CheckpointWish of(CheckpointKind kind, Optional<VerifyDepth> verify) {
    return new CheckpointWish(CheckpointId.create(Instant.now()), kind, "", "", verify);
  }

  /** Whether it is to be restored on trial. */
  boolean needsTrial() {
    return verify.filter(depth -> depth != VerifyDepth.IMAGES).isPresent();
  }

  boolean isForTheTimeline() {
    return kind != CheckpointKind.CLONE;
  }
}
