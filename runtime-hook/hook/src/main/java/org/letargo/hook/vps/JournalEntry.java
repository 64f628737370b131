package org.letargo.hook.vps;

import java.util.Optional;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.OperationId;

/**
 * What was being done to a VPS ({@code journal.json}): written before the first step, removed after
 * the last. One that is found at start tells what to finish or to roll back.
 *
 * @param checkpoint the one that was being made; of a rewind, that of the present
 */
public record JournalEntry(OperationId operation, Kind kind, Optional<CheckpointId> checkpoint) {
  /**
   * CREATE, IMPORT and CLONE are in the folder before it gets its name: with them it is complete.
   */
  public enum Kind {
    CREATE,
    IMPORT,
    CLONE,
    START,
    STOP,
    DESTROY,
    PAUSE,
    UNPAUSE,
    SUSPEND,
    RESUME,
    CHECKPOINT,
    FORGET,
    REWIND,
    EXPORT,
    /** It is frozen, and all but its private memory saved, so that it can go on elsewhere. */
    LEND,
    /** A step of a migration that moves nothing: where the VPS stands says how far it came. */
    MIGRATE
  }
}
