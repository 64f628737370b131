package org.letargo.manager.vps;

import java.time.Instant;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointReport;

/** A checkpoint as the API shows it; schema Checkpoint. */
public record CheckpointView(CheckpointId id, Instant takenAt, long memoryBytes, long sizeBytes) {
  static CheckpointView of(CheckpointReport report) {
    return new CheckpointView(
        report.id(), report.takenAt(), report.memory().bytes(), report.size().bytes());
  }
}
