package org.letargo.manager.peer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.config.PeerUrl;
import org.letargo.manager.json.FailureView;

/**
 * A peer as the API shows it; schema Peer.
 *
 * @param authorities fingerprints of its certificate authorities
 * @param knowsOurs whether it has confirmed the certificate authorities of this host
 * @param reachable whether it has answered just now
 * @param facts what it has answered
 * @param latencyMicros there and back
 * @param bytesPerSecond as seen by the last probe
 * @param error why it is not reachable
 */
public record PeerView(
    PeerName name,
    PeerUrl url,
    Instant addedAt,
    List<Fingerprint> authorities,
    boolean knowsOurs,
    boolean reachable,
    Optional<PeerFacts> facts,
    Optional<Long> latencyMicros,
    Optional<Long> bytesPerSecond,
    Optional<FailureView> error) {
  private static final int NANOS_PER_MICRO = 1000;

  static PeerView reached(Peer peer, boolean knowsOurs, PeerFacts facts, Duration latency) {
    return new PeerView(
        peer.name(),
        peer.url(),
        peer.addedAt(),
        peer.fingerprints(),
        knowsOurs,
        true,
        Optional.of(facts),
        Optional.of(latency.toNanos() / NANOS_PER_MICRO),
        bandwidth(peer),
        Optional.empty());
  }

  static PeerView missed(Peer peer, boolean knowsOurs, VpsException why) {
    return new PeerView(
        peer.name(),
        peer.url(),
        peer.addedAt(),
        peer.fingerprints(),
        knowsOurs,
        false,
        Optional.empty(),
        Optional.empty(),
        bandwidth(peer),
        Optional.of(FailureView.of(Failure.of(why))));
  }

  private static Optional<Long> bandwidth(Peer peer) {
    return peer.bytesPerSecond().isPresent()
        ? Optional.of(peer.bytesPerSecond().getAsLong())
        : Optional.empty();
  }
}
