package org.letargo.manager.operation;

import java.time.Instant;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.StoreFindings;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.json.FailureView;

/** An operation as the API shows it; schema Operation. */
public record OperationView(
    OperationId id,
    OperationKind kind,
    Optional<VpsName> vps,
    Optional<TemplateName> template,
    String state,
    String phase,
    Optional<Integer> percent,
    Optional<Long> doneBytes,
    Optional<Long> totalBytes,
    Instant startedAt,
    Optional<Instant> endedAt,
    String by,
    Optional<FailureView> error,
    Optional<CheckpointId> checkpoint,
    Optional<FindingsView> findings,
    Optional<ResumedView> resumed,
    Optional<Long> sentBytes,
    Optional<MovedView> moved) {

  public static OperationView of(Operation operation) {
    Progress progress = operation.progress();
    Optional<Instant> endedAt =
        switch (operation.state()) {
          case OperationState.Running _ -> Optional.empty();
          case OperationState.Succeeded(Instant at) -> Optional.of(at);
          case OperationState.Failed(Instant at, Failure _) -> Optional.of(at);
          case OperationState.Cancelled(Instant at, Failure _) -> Optional.of(at);
        };
    Optional<Failure> failure =
        switch (operation.state()) {
          case OperationState.Running _, OperationState.Succeeded _ -> Optional.empty();
          case OperationState.Failed(Instant _, Failure why) -> Optional.of(why);
          case OperationState.Cancelled(Instant _, Failure why) -> Optional.of(why);
        };
    Optional<CheckpointId> checkpoint =
        switch (operation.result()) {
          case OperationResult.Checkpoint(CheckpointId id) -> Optional.of(id);
          case OperationResult.Nothing _,
              OperationResult.Findings _,
              OperationResult.Life _,
              OperationResult.Moved _,
              OperationResult.Sent _ ->
              Optional.empty();
        };
    Optional<FindingsView> findings =
        switch (operation.result()) {
          case OperationResult.Findings(StoreFindings found) -> Optional.of(FindingsView.of(found));
          case OperationResult.Nothing _,
              OperationResult.Checkpoint _,
              OperationResult.Life _,
              OperationResult.Moved _,
              OperationResult.Sent _ ->
              Optional.empty();
        };
    Optional<ResumedView> resumed =
        switch (operation.result()) {
          case OperationResult.Life(Resumed way) -> ResumedView.of(way);
          case OperationResult.Nothing _,
              OperationResult.Checkpoint _,
              OperationResult.Findings _,
              OperationResult.Moved _,
              OperationResult.Sent _ ->
              Optional.empty();
        };
    Optional<Long> sentBytes =
        switch (operation.result()) {
          case OperationResult.Sent(long bytes) -> Optional.of(bytes);
          case OperationResult.Moved moved -> Optional.of(moved.sentBytes());
          case OperationResult.Nothing _,
              OperationResult.Checkpoint _,
              OperationResult.Findings _,
              OperationResult.Life _ ->
              Optional.empty();
        };
    Optional<MovedView> moved =
        switch (operation.result()) {
          case OperationResult.Moved result -> Optional.of(MovedView.of(result));
          case OperationResult.Nothing _,
              OperationResult.Checkpoint _,
              OperationResult.Findings _,
              OperationResult.Life _,
              OperationResult.Sent _ ->
              Optional.empty();
        };
    return new OperationView(
        operation.id(),
        operation.kind(),
        operation.subject().vps(),
        operation.subject().template(),
        operation.state().word(),
        progress.phase(),
        Optional.of(progress.percent()).filter(percent -> percent >= 0),
        Optional.of(progress.doneBytes()).filter(bytes -> bytes > 0),
        Optional.of(progress.totalBytes()).filter(bytes -> bytes > 0),
        operation.startedAt(),
        endedAt,
        operation.by(),
        failure.map(FailureView::of),
        checkpoint,
        findings,
        resumed,
        sentBytes,
        moved);
  }
}
