package org.letargo.manager.operation;

import java.time.Instant;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;

/** How an operation stands. All but {@link Running} are final. */
public sealed interface OperationState {
  /** It is under way, or waits to be taken up again. */
  record Running() implements OperationState {}

  /** It did what it was to do. */
  record Succeeded(Instant at) implements OperationState {}

  /** It failed; what it had done was rolled back, or the failure says what was not. */
  record Failed(Instant at, Failure failure) implements OperationState {}

  /** It was asked to end, and did, without effect. */
  record Cancelled(Instant at, Failure failure) implements OperationState {}

  static OperationState failed(Instant at, Failure failure) {
    return failure.code() == Code.CANCELLED ? new Cancelled(at, failure) : new Failed(at, failure);
  }

  default boolean isFinal() {
    return !(this instanceof Running);
  }

  /** The word for it everywhere. */
  default String word() {
    return switch (this) {
      case Running _ -> "running";
      case Succeeded _ -> "succeeded";
      case Failed _ -> "failed";
      case Cancelled _ -> "cancelled";
    };
  }
}
