package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.Locale;

/** What a VPS is doing, as the hook sees it on the host: never a wish, always what is there. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
@JsonSubTypes({
  @JsonSubTypes.Type(value = VpsStatus.Stopped.class, name = "stopped"),
  @JsonSubTypes.Type(value = VpsStatus.Running.class, name = "running"),
  @JsonSubTypes.Type(value = VpsStatus.Paused.class, name = "paused"),
  @JsonSubTypes.Type(value = VpsStatus.Suspended.class, name = "suspended"),
})
public sealed interface VpsStatus {
  /** No process, no checkpoint; its disk is there. */
  record Stopped() implements VpsStatus {}

  /**
   * Its processes run.
   *
   * @param initPid its PID 1 as the host counts
   * @param since when it was started or last resumed
   */
  record Running(long initPid, Instant since) implements VpsStatus {}

  /** Its processes are there but frozen. */
  record Paused(long initPid, Instant since) implements VpsStatus {}

  /** No process; memory and disk are in the checkpoint. */
  record Suspended(CheckpointReport checkpoint) implements VpsStatus {}

  /**
   * The word for it everywhere: {@code stopped}, {@code running}, {@code paused}, {@code
   * suspended}.
   */
  default String word() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
