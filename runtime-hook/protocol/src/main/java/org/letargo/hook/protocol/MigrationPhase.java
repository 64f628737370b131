package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far a migration is, as one of its two hosts knows it durably. */
public enum MigrationPhase {
  /** Source: it is about to leave. Only this host decides; a failure or a restart takes it back. */
  LEAVING,
  /** Source: whether it has left only the target knows. Nothing here may run it. */
  HANDED_OVER,
  /** Source: it runs at the target, on memory of its processes here, which are frozen. */
  LENT,
  /** Source: it has left, and what was here is kept; it never runs again. */
  MOVED,
  /** Target: all of it is here, and it waits for the word of the source. */
  ARRIVING,
  /** Target: it runs here, on memory that is still at the source. */
  BORROWING,
  /** Target: it is this host's, for good. */
  OWNED,
  /** Target: it could not be brought to life, and nothing of it is here. */
  GIVEN_BACK,
  /** This host has nothing of it, and never had it for good. */
  UNKNOWN;

  /** The word for it everywhere, such as {@code handed-over}. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether processes that there are of it here may be running at another host too. */
  public boolean mayRunElsewhere() {
    return switch (this) {
      case HANDED_OVER, LENT, MOVED -> true;
      case LEAVING, ARRIVING, BORROWING, OWNED, GIVEN_BACK, UNKNOWN -> false;
    };
  }

  /** Whether the source has it in this phase. */
  public boolean isOfSource() {
    return switch (this) {
      case LEAVING, HANDED_OVER, LENT, MOVED -> true;
      case ARRIVING, BORROWING, OWNED, GIVEN_BACK, UNKNOWN -> false;
    };
  }
}
