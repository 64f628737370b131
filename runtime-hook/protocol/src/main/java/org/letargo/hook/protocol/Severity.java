package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What an obstacle does to a suspension. */
public enum Severity {
  /** It would fail; a suspension is refused before anything is frozen. */
  BLOCKS,
  /** The engine is told how to save it; listed so that nobody is surprised. */
  HANDLED,
  /** It is not there after the resumption. */
  LOST;

  /** The word for it everywhere. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
