package org.letargo.manager.peer;

import java.util.Optional;
import org.letargo.hook.protocol.MigrationPeer;
import org.letargo.manager.migration.OtherHost;
import org.letargo.manager.migration.OtherHosts;

/** The peers as migrations need them. */
final class PeerHosts implements OtherHosts {
  private final PeerService service;
  private final Peers peers;

  PeerHosts(PeerService service, Peers peers) {
    this.service = service;
    this.peers = peers;
  }

  @Override
  public OtherHost get(String name) {
    return new PeerHost(service, peers.get(new PeerName(name)));
  }

  @Override
  public Optional<OtherHost> find(MigrationPeer wanted) {
    return peers.list().stream()
        .filter(peer -> identity(peer).equals(wanted))
        .findFirst()
        .map(peer -> new PeerHost(service, peer));
  }

  /** One that was removed and added again is another one: it may be another installation. */
  static MigrationPeer identity(Peer peer) {
    return new MigrationPeer(peer.name().value(), peer.addedAt().toString());
  }
}
