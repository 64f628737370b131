package org.letargo.archive.store;

import java.io.IOException;

/** A chunk was not stored for want of room. The store is as good as before. */
public final class StoreFullException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what failed, why, what to do
   */
  public StoreFullException(String message) {
    super(message);
  }

  /** The same, with the failure that showed it. */
  public StoreFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
