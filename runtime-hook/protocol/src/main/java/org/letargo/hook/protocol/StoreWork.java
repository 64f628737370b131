package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What can be done to the store as a whole. */
public enum StoreWork {
  /** Reads everything and compares every hash. Changes nothing. */
  @JsonProperty("check")
  CHECK,
  /** Gives back the space of what nothing needs any more. */
  @JsonProperty("gc")
  COLLECT,
  /** Drops what is damaged, so that it is stored anew when it is seen again. */
  @JsonProperty("repair")
  REPAIR
}
