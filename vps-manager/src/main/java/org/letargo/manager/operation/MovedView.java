package org.letargo.manager.operation;

import java.util.Optional;
import org.letargo.manager.json.FailureView;

/** How a VPS has moved, as the API shows it; schema Moved. */
public record MovedView(
    String peer,
    String mode,
    Optional<String> reason,
    long sentBytes,
    long aheadBytes,
    long sizeBytes,
    long downtimeMillis,
    long totalMillis,
    Optional<FailureView> peerFailure) {
  static MovedView of(OperationResult.Moved moved) {
    return new MovedView(
        moved.peer(),
        moved.mode(),
        Optional.of(moved.reason()).filter(reason -> !reason.isEmpty()),
        moved.sentBytes(),
        moved.aheadBytes(),
        moved.sizeBytes(),
        moved.downtime().toMillis(),
        moved.total().toMillis(),
        moved.peerFailure().map(FailureView::of));
  }
}
