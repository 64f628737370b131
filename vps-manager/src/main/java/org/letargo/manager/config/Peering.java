package org.letargo.manager.config;

import java.util.Optional;

/** Whether this host speaks with others. */
public sealed interface Peering {
  /** It neither listens for peers nor calls any. */
  record Off() implements Peering {}

  /**
   * It does.
   *
   * @param port 0 to 65535, 0 chooses a free one
   * @param url where peers reach it; empty: at the address that it calls them from
   */
  record On(String host, int port, Optional<PeerUrl> url) implements Peering {}
}
