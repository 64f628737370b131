package org.letargo.manager.admission;

import java.util.List;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.peer.PeerName;

/**
 * Whether a VPS can move to a peer; schema MigrationCheck.
 *
 * @param admitted whether nothing is refused
 */
public record MigrationCheck(VpsName vps, PeerName peer, boolean admitted, List<Verdict> verdicts) {
  public MigrationCheck {
    verdicts = List.copyOf(verdicts);
  }

  static MigrationCheck of(VpsName vps, PeerName peer, List<Verdict> verdicts) {
    return new MigrationCheck(vps, peer, verdicts.stream().noneMatch(Verdict::isRefused), verdicts);
  }
}
