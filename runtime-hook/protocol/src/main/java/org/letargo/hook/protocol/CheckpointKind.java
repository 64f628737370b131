package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why a checkpoint was taken. */
public enum CheckpointKind {
  /** Somebody asked for it. */
  @JsonProperty("manual")
  MANUAL,
  /** A schedule asked for it. */
  @JsonProperty("scheduled")
  SCHEDULED,
  /** The VPS was suspended into it. */
  @JsonProperty("suspend")
  SUSPEND,
  /** The present, kept when the VPS was rewound. */
  @JsonProperty("before-rewind")
  BEFORE_REWIND,
  /** It came in an archive. */
  @JsonProperty("import")
  IMPORT,
  /** The VPS was cloned from this state of another one. */
  @JsonProperty("clone")
  CLONE,
  /** The VPS moved to another host in this state. */
  @JsonProperty("migrate")
  MIGRATE
}
