package org.letargo.manager.web;

import org.letargo.manager.auth.Token;

/** Whether a token that once got in is still good; for what lasts long. */
@FunctionalInterface
public interface TokenCheck {
  boolean stillKnown(Token token);
}
