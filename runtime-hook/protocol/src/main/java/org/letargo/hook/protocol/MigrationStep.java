package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * What a hook does for a migration. The managers drive; what a hook has answered is durable.
 *
 * <pre>
 * source     Leave  Settle  Send ..........  HandOver        SendPast ...  Release
 *                              ||                 (TakeBack: instead)    ||
 * target                    Arrive ........            Take        Remember ...     Forget
 *                                                 (Drop: instead)
 *
 * post-copy:
 * source     Leave  Lend    Send ..........  Serve ..................  Release
 *                              ||               ||  memory
 * target                    Arrive ........  Borrow .................  Forget
 * </pre>
 *
 * A step that was done already is done again without harm, and answered the same.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "step")
@JsonSubTypes({
  @JsonSubTypes.Type(MigrationStep.Leave.class),
  @JsonSubTypes.Type(MigrationStep.Settle.class),
  @JsonSubTypes.Type(MigrationStep.Lend.class),
  @JsonSubTypes.Type(MigrationStep.Send.class),
  @JsonSubTypes.Type(MigrationStep.HandOver.class),
  @JsonSubTypes.Type(MigrationStep.Serve.class),
  @JsonSubTypes.Type(MigrationStep.SendPast.class),
  @JsonSubTypes.Type(MigrationStep.Release.class),
  @JsonSubTypes.Type(MigrationStep.TakeBack.class),
  @JsonSubTypes.Type(MigrationStep.Arrive.class),
  @JsonSubTypes.Type(MigrationStep.Take.class),
  @JsonSubTypes.Type(MigrationStep.Borrow.class),
  @JsonSubTypes.Type(MigrationStep.Remember.class),
  @JsonSubTypes.Type(MigrationStep.Drop.class),
  @JsonSubTypes.Type(MigrationStep.Forget.class),
})
public sealed interface MigrationStep {
  /** Source: from now on nobody else changes the VPS, which goes on as it does. */
  record Leave(MigrationPeer to, boolean keepSource) implements MigrationStep {}

  /** Source: the VPS comes to rest in a checkpoint: suspended, or of its disk if it is stopped. */
  record Settle() implements MigrationStep {}

  /**
   * Source: the VPS comes to a stand: its processes are frozen, and all but their private memory is
   * a checkpoint. Instead of {@link Settle}, for one that has processes.
   */
  record Lend() implements MigrationStep {}

  /**
   * Source: sends that checkpoint to a hook that does {@link Arrive}, as {@link
   * HookRequest.SendCheckpoint} does.
   */
  record Send(boolean packed) implements MigrationStep {}

  /** Source: the point of no return; from now on only the target's word counts. */
  record HandOver() implements MigrationStep {}

  /**
   * Source: its frozen memory is the target's to ask for; input and output are the stream of a loan
   * to a hook that does {@link Borrow} (docs/hook-protocol.md). Instead of {@link HandOver}. When
   * this succeeds the VPS is the target's. When it fails it may be so too, if the phase is
   * HANDED_OVER; else it goes on here, or will as soon as its copy there is dead for certain.
   */
  record Serve() implements MigrationStep {}

  /** Source: sends an earlier checkpoint of it to a hook that does {@link Remember}. */
  record SendPast(CheckpointId checkpoint, boolean packed) implements MigrationStep {}

  /**
   * Source: the target has it; what is here is removed, or kept as moved.
   *
   * @param pastIsThere whether the target has its earlier checkpoints too; else those that somebody
   *     wanted stay here
   */
  record Release(boolean pastIsThere) implements MigrationStep {
    /** Without them. */
    public Release() {
      this(false);
    }
  }

  /**
   * Source: it does not leave, and goes on as it did before.
   *
   * @param handedOver also if it was handed over: the target has said that it has not got it, or
   *     somebody says so who knows that it is gone
   */
  record TakeBack(boolean handedOver) implements MigrationStep {}

  /** Target: receives it, and keeps it until the source has spoken. */
  record Arrive(MigrationPeer from, Migration.Was was) implements MigrationStep {}

  /**
   * Target: it is this host's, and goes on. A failure means that it is not: GIVEN_BACK was answered
   * before anything of it ran.
   */
  record Take() implements MigrationStep {}

  /**
   * Target: it goes on at once, on memory that comes over the stream of a loan. When this succeeds
   * it is this host's, with all its memory; a failure means that it is not, and GIVEN_BACK.
   */
  record Borrow() implements MigrationStep {}

  /**
   * Target: receives an earlier checkpoint of one that is this host's now. Nothing that the VPS
   * does is disturbed.
   *
   * @param past as the source has it
   * @param isParent whether the state in which the VPS came follows on it
   */
  record Remember(TimelineEntry past, boolean isParent) implements MigrationStep {}

  /** Target: it does not come; WRONG_STATE if it is this host's already. */
  record Drop() implements MigrationStep {}

  /** Target: the source knows that it is this host's, and will never ask again. */
  record Forget() implements MigrationStep {}
}
