package org.letargo.manager.operation;

import java.time.Instant;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;

/**
 * An operation as it stands.
 *
 * @param by the name of the token that began it
 * @param progress the last that was heard
 * @param result what it has brought so far
 */
public record Operation(
    OperationId id,
    OperationKind kind,
    Subject subject,
    String by,
    Instant startedAt,
    OperationState state,
    Progress progress,
    OperationResult result) {

  Operation withProgress(Progress next) {
    return new Operation(id, kind, subject, by, startedAt, state, next, result);
  }

  Operation withSubject(Subject next) {
    return new Operation(id, kind, next, by, startedAt, state, progress, result);
  }

  Operation withResult(OperationResult next) {
    return new Operation(id, kind, subject, by, startedAt, state, progress, next);
  }

  Operation ended(OperationState next) {
    Progress last =
        next instanceof OperationState.Succeeded
            ? new Progress("end", progress.doneBytes(), progress.totalBytes(), 100)
            : progress;
    return new Operation(id, kind, subject, by, startedAt, next, last, result);
  }
}
