package org.letargo.manager.peer;

import java.util.List;
import java.util.Optional;
import org.letargo.manager.config.PeerUrl;

/**
 * What a host sends to become a peer; body of {@code POST /peer/v1/join}.
 *
 * @param secret the second half of the join token
 * @param name what the other shall call it
 * @param url where it listens; empty: at the address that it comes from
 * @param port the port that it listens on
 * @param authorities its certificate authorities, as PEM
 */
record JoinRequest(
    String secret, PeerName name, Optional<PeerUrl> url, int port, List<String> authorities) {
  JoinRequest {
    authorities = List.copyOf(authorities);
  }

  @Override
  public String toString() {
    return "JoinRequest[" + name + "]";
  }
}
