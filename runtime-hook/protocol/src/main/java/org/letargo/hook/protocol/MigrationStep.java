package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * What a hook does for a migration. The managers drive; what a hook has answered is durable.
 *
 * <pre>
 * source     Leave  Settle  Send ..........  HandOver            Release
 *                              ||                 (TakeBack: instead of any of them but Release)
 * target                    Arrive ........            Take              Forget
 *                                                 (Drop: instead of Take)
 * </pre>
 *
 * A step that was done already is done again without harm, and answered the same.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "step")
@JsonSubTypes({
  @JsonSubTypes.Type(MigrationStep.Leave.class),
  @JsonSubTypes.Type(MigrationStep.Settle.class),
  @JsonSubTypes.Type(MigrationStep.Send.class),
  @JsonSubTypes.Type(MigrationStep.HandOver.class),
  @JsonSubTypes.Type(MigrationStep.Release.class),
  @JsonSubTypes.Type(MigrationStep.TakeBack.class),
  @JsonSubTypes.Type(MigrationStep.Arrive.class),
  @JsonSubTypes.Type(MigrationStep.Take.class),
  @JsonSubTypes.Type(MigrationStep.Drop.class),
  @JsonSubTypes.Type(MigrationStep.Forget.class),
})
public sealed interface MigrationStep {
  /** Source: from now on nobody else changes the VPS, which goes on as it does. */
  record Leave(MigrationPeer to, boolean keepSource) implements MigrationStep {}

  /** Source: the VPS comes to rest in a checkpoint: suspended, or of its disk if it is stopped. */
  record Settle() implements MigrationStep {}

  /**
   * Source: sends that checkpoint to a hook that does {@link Arrive}, as {@link
   * HookRequest.SendCheckpoint} does.
   */
  record Send(boolean packed) implements MigrationStep {}

  /** Source: the point of no return; from now on only the target's word counts. */
  record HandOver() implements MigrationStep {}

  /** Source: the target has it; what is here is removed, or kept as moved. */
  record Release() implements MigrationStep {}

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

  /** Target: it does not come; WRONG_STATE if it is this host's already. */
  record Drop() implements MigrationStep {}

  /** Target: the source knows that it is this host's, and will never ask again. */
  record Forget() implements MigrationStep {}
}
