package org.letargo.manager.peer;

import java.time.Instant;
import java.util.Optional;
import org.letargo.manager.config.PeerUrl;

/**
 * A join token that was just made; schema NewJoinToken.
 *
 * @param token its text; kept nowhere, must reach no log
 * @param url where this host listens, if its configuration says so
 */
public record NewJoinToken(String token, Instant expiresAt, Optional<PeerUrl> url) {
  @Override
  public String toString() {
    return "NewJoinToken[" + expiresAt + "]";
  }
}
