package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How much is done to find out whether a checkpoint can be restored; each does what those above it
 * do.
 */
public enum VerifyDepth {
  /** Every byte is compared with its hash, and the engine's images are looked through. */
  @JsonProperty("images")
  IMAGES,
  /** A trial restore beside whatever runs, up to the point before the processes run. */
  @JsonProperty("restore")
  RESTORE,
  /** They run for a moment, in a network that leads nowhere. */
  @JsonProperty("run")
  RUN
}
