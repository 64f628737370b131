package org.letargo.manager.operation;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.StoreFindings;

/** What an operation has brought, beside its effect. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "of")
@JsonSubTypes({
  @JsonSubTypes.Type(value = OperationResult.Nothing.class, name = "nothing"),
  @JsonSubTypes.Type(value = OperationResult.Checkpoint.class, name = "checkpoint"),
  @JsonSubTypes.Type(value = OperationResult.Findings.class, name = "findings"),
  @JsonSubTypes.Type(value = OperationResult.Sent.class, name = "sent"),
  @JsonSubTypes.Type(value = OperationResult.Life.class, name = "life"),
})
public sealed interface OperationResult {
  /** Nothing, or not known: the hook died after it was done and before it could say. */
  record Nothing() implements OperationResult {}

  /** A checkpoint was taken. */
  record Checkpoint(CheckpointId id) implements OperationResult {}

  /** The store was looked through. */
  record Findings(StoreFindings findings) implements OperationResult {}

  /** A VPS was brought back to life. */
  record Life(Resumed resumed) implements OperationResult {}

  /** So many bytes have gone to a peer, as they were on the way. */
  record Sent(long bytes) implements OperationResult {}
}
