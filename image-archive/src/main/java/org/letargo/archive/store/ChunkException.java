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

  ChunkException(Kind kind, ChunkId id, String message) {
    super(message);
    this.kind = kind;
    this.id = id;
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
