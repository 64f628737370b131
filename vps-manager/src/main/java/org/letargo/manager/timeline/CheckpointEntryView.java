package org.letargo.manager.timeline;

import java.time.Instant;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.TimelineEntry;

/** A checkpoint in its timeline as the API shows it; schema TimelineEntry. */
record CheckpointEntryView(
    CheckpointId id,
    Optional<CheckpointId> parent,
    Instant takenAt,
    CheckpointKind kind,
    boolean hasMemory,
    Optional<String> label,
    Optional<String> note,
    boolean pinned,
    long memoryBytes,
    long sizeBytes,
    long newBytes,
    long frozenMillis,
    Optional<VerificationView> verification) {

  static CheckpointEntryView of(TimelineEntry entry) {
    return new CheckpointEntryView(
        entry.checkpoint().id(),
        entry.parent(),
        entry.checkpoint().takenAt(),
        entry.kind(),
        entry.hasMemory(),
        Optional.of(entry.label()).filter(label -> !label.isEmpty()),
        Optional.of(entry.note()).filter(note -> !note.isEmpty()),
        entry.pinned(),
        entry.checkpoint().memory().bytes(),
        entry.checkpoint().size().bytes(),
        entry.newBytes().bytes(),
        entry.frozen().toMillis(),
        entry.verification().map(VerificationView::of));
  }
}
