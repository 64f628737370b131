package org.letargo.manager.session;

/** The last messages of sessions. */
sealed interface SessionEnd {
  /** A command has ended. */
  record Exited(int exitStatus) implements SessionEnd {}

  /** A console has ended, because its VPS has. */
  record Ended(boolean ended) implements SessionEnd {}
}
