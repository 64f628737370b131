package org.letargo.manager.peer;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.letargo.manager.config.PeerUrl;

/**
 * Another installation that this one knows.
 *
 * @param authorities its own, one or two; whoever shows what one of them has issued is this peer
 * @param told the authorities of ours that it has confirmed
 * @param bytesPerSecond the bandwidth that was seen last; empty if none was
 */
record Peer(
    PeerName name,
    PeerUrl url,
    List<X509Certificate> authorities,
    Instant addedAt,
    List<Fingerprint> told,
    OptionalLong bytesPerSecond) {
  Peer {
    authorities = List.copyOf(authorities);
    told = List.copyOf(told);
  }

  Peer withAuthorities(List<X509Certificate> now) {
    return new Peer(name, url, now, addedAt, told, bytesPerSecond);
  }

  Peer withTold(List<Fingerprint> now) {
    return new Peer(name, url, authorities, addedAt, now, bytesPerSecond);
  }

  Peer withBandwidth(long now) {
    return new Peer(name, url, authorities, addedAt, told, OptionalLong.of(now));
  }

  List<Fingerprint> fingerprints() {
    return authorities.stream().map(Fingerprint::of).toList();
  }
}
