package org.letargo.archive.store;

import java.io.IOException;

/** A chunk that cannot be read as it was written. */
public final class ChunkException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with the chunk. */
  public enum Kind {
    /** The store does not have it. */
    MISSING,
    /** It has bytes under this name, but not these. */
    DAMAGED
  }

  private final Kind kind;
  private final transient ChunkId id;

  private ChunkException(Kind kind, ChunkId id, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.id = id;
  }

  /** The store does not have it. */
  public static ChunkException missing(ChunkId id) {
    return new ChunkException(
        Kind.MISSING,
        id,
        "cannot read chunk "
            + id
            + ": the store does not have it. See what it belonged to with 'letargo store check'.",
        null);
  }

  /**
   * What lies under its name is something else.
   *
   * @param where the file it lies in, as a person finds it
   * @param why what is wrong with it, without a full stop
   */
  public static ChunkException damaged(ChunkId id, String where, String why) {
    return damaged(id, where, why, null);
  }

  /** The same, with the failure that showed it. */
  public static ChunkException damaged(ChunkId id, String where, String why, Throwable cause) {
    return new ChunkException(
        Kind.DAMAGED,
        id,
        "cannot read chunk "
            + id
            + " in "
            + where
            + ": "
            + why
            + ". See what it belongs to with 'letargo store check'.",
        cause);
  }

  /** What is wrong. */
  public Kind kind() {
    return kind;
  }

  /** Which chunk. */
  public ChunkId id() {
    return id;
  }
}
