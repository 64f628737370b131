package org.letargo.manager.migration;

import java.util.Optional;
import org.letargo.hook.protocol.MigrationPeer;
import org.letargo.hook.protocol.VpsException;

/** The peers. */
public interface OtherHosts {
  /**
   * @throws VpsException NOT_FOUND
   */
  OtherHost get(String name);

  /** The very host that a VPS was handed to; empty if it is no peer any more. */
  Optional<OtherHost> find(MigrationPeer peer);
}
