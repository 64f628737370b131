package org.letargo.manager.web;

import org.letargo.manager.auth.Token;
import org.letargo.manager.auth.Tokens;

/** Whether a token that once got in is still good; for what lasts long. */
@FunctionalInterface
public interface TokenCheck {
  /**
   * Watches a token until the watch is closed.
   *
   * @param revoked runs once when it is revoked, at once if it has been; must not block
   */
  Tokens.Watch watch(Token token, Runnable revoked);
}
