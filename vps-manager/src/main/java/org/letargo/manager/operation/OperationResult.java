package org.letargo.manager.operation;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.StoreFindings;

/** What an operation has brought, beside its effect. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "of")
@JsonSubTypes({
  @JsonSubTypes.Type(value = OperationResult.Nothing.class, name = "nothing"),
  @JsonSubTypes.Type(value = OperationResult.Checkpoint.class, name = "checkpoint"),
  @JsonSubTypes.Type(value = OperationResult.Findings.class, name = "findings"),
  @JsonSubTypes.Type(value = OperationResult.Sent.class, name = "sent"),
  @JsonSubTypes.Type(value = OperationResult.Moved.class, name = "moved"),
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

  /**
   * A VPS has moved to a peer.
   *
   * @param mode in which way, such as {@code stop}
   * @param reason why in that way, if it was left to us; else empty
   * @param sentBytes as they were on the way
   * @param aheadBytes how many of them while the VPS still ran
   * @param sizeBytes of memory and disk of the VPS; in the mode {@code postcopy} of the memory that
   *     it had in use
   * @param downtime how long it ran nowhere, until the peer said that it runs; zero for one that
   *     did not run
   * @param total from the beginning until the peer said that it has it
   * @param peerFailure why it does not run there; empty if it does, or did not run here
   */
  record Moved(
      String peer,
      String mode,
      String reason,
      long sentBytes,
      long aheadBytes,
      long sizeBytes,
      Duration downtime,
      Duration total,
      Optional<Failure> peerFailure)
      implements OperationResult {}

  /** So many bytes have gone to a peer, as they were on the way. */
  record Sent(long bytes) implements OperationResult {}
}
