package org.letargo.manager.peer;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.archive.ImportVps;
import org.letargo.manager.audit.AuditEntry;
import org.letargo.manager.audit.AuditLog;
import org.letargo.manager.config.PeerUrl;
import org.letargo.manager.migration.Arrivals;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.Upload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the peers, and strangers who have a join token:
 *
 * <pre>
 * POST /peer/v1/join         token and authorities of a stranger  -> our authorities
 * GET  /peer/v1/facts                                             -> what this host is like
 * POST /peer/v1/admission    a VPS that may come                 -> what there is for it here
 * PUT  /peer/v1/authorities  all that the peer has from now on    -> ours
 * POST /peer/v1/probe        bytes that nobody needs              -> how many came
 * POST /peer/v1/vps/NAME     what a hook sends                    -> what ours answers, how it ended
 * .... /peer/v1/migrations/  see {@link MigrationDesk}
 * </pre>
 *
 * Notes in the audit what changes something and what is refused.
 */
final class PeerDesk implements PeerServer.Desk {
  private static final Logger LOG = LoggerFactory.getLogger(PeerDesk.class);

  /** The most bytes of a probe. */
  static final long MAX_PROBE_BYTES = 1L << 30;

  /** Connections that are none are noted once in so long: whoever makes them makes thousands. */
  private static final Duration STRANGE_PAUSE = Duration.ofSeconds(10);

  /** What is asked for by POST and changes nothing. */
  private static final Set<String> LOOKS = Set.of(PeerPaths.PROBE, PeerPaths.ADMISSION);

  private static final int BLOCK_BYTES = 64 << 10;
  private static final int REFUSED = 400;
  private static final int MAX_PATH = 200;

  private final Identity identity;
  private final Peers peers;
  private final JoinTokens tokens;
  private final Supplier<PeerFacts> facts;
  private final Function<Arrival.Question, Arrival> admission;
  private final ImportVps imports;
  private final MigrationDesk migrations;
  private final AuditLog audit;
  private final Clock clock;
  private final AtomicReference<Instant> lastStrange = new AtomicReference<>(Instant.MIN);

  PeerDesk(
      Identity identity,
      Peers peers,
      JoinTokens tokens,
      Supplier<PeerFacts> facts,
      Function<Arrival.Question, Arrival> admission,
      ImportVps imports,
      Arrivals arrivals,
      AuditLog audit,
      Clock clock) {
    this.identity = identity;
    this.peers = peers;
    this.tokens = tokens;
    this.facts = facts;
    this.admission = admission;
    this.imports = imports;
    this.migrations = new MigrationDesk(arrivals);
    this.audit = audit;
    this.clock = clock;
  }

  @Override
  public Optional<Peer> identify(List<X509Certificate> chain) {
    return peers.identify(chain);
  }

  @Override
  public Object answer(PeerRequest request) throws IOException {
    return switch (request.call()) {
      case "POST " + PeerPaths.JOIN -> join(request);
      case "GET " + PeerPaths.FACTS -> {
        request.requirePeer();
        yield facts.get();
      }
      case "POST " + PeerPaths.ADMISSION -> {
        request.requirePeer();
        yield admission.apply(request.json(Arrival.Question.class));
      }
      case "PUT " + PeerPaths.AUTHORITIES -> replaceAuthorities(request);
      case "POST " + PeerPaths.PROBE -> probe(request);
      default -> {
        Peer peer = request.requirePeer();
        if (request.path().startsWith(PeerPaths.MIGRATIONS)) {
          yield migrations.answer(request, peer);
        }
        if (request.method().equals("POST") && request.path().startsWith(PeerPaths.VPS)) {
          yield receive(request, new VpsName(request.path().substring(PeerPaths.VPS.length())));
        }
        throw new VpsException(
            Code.NOT_FOUND,
            "there is nothing at " + VpsException.quoted(request.path()),
            "this Letargo does not have it",
            "Let both hosts run the same Letargo.");
      }
    };
  }

  private AuthorityList join(PeerRequest request) throws IOException {
    JoinRequest wish = request.json(JoinRequest.class);
    PeerUrl url = wish.url().orElseGet(() -> PeerUrl.of(request.address(), wish.port()));
    Instant now = clock.instant();
    Peer joining =
        new Peer(
            wish.name(),
            url,
            Pins.parse(wish.authorities(), now),
            now,
            List.of(),
            OptionalLong.empty());
    refuseOwn(joining);
    peers.join(joining, tokens, wish.secret());
    LOG.info("the host at {} is the peer {} now", url, wish.name());
    return AuthorityList.of(identity.authorities());
  }

  private void refuseOwn(Peer joining) {
    boolean own =
        identity.authorities().stream()
            .map(Fingerprint::of)
            .anyMatch(joining.fingerprints()::contains);
    if (own) {
      throw new VpsException(
          Code.WRONG_STATE,
          "the join is refused",
          "a host is no peer of itself",
          "Give the URL of another host, and a token of that.");
    }
  }

  /**
   * The one by which the peer is known now stays in the list until it shows another that is in it:
   * nobody can lock itself out, or hand its place to somebody else who is not shown to hold it.
   */
  private AuthorityList replaceAuthorities(PeerRequest request) throws IOException {
    Peer peer = request.requirePeer();
    Instant now = clock.instant();
    List<X509Certificate> next = Pins.parse(request.json(AuthorityList.class).authorities(), now);
    if (Pins.issuerOf(request.chain(), next, Pins.End.CLIENT, now).isEmpty()) {
      throw VpsException.invalid(
          "a list of certificate authorities",
          "the one by which the peer is known at this moment is not in it",
          "Let both hosts run the same Letargo.");
    }
    peers.update(peer.name(), known -> known.withAuthorities(next));
    LOG.info("the peer {} has {} certificate authorities now", peer.name(), next.size());
    return AuthorityList.of(identity.authorities());
  }

  /** Hands on what the two hooks tell each other, until ours has the VPS or does not want it. */
  private PeerStream receive(PeerRequest request, VpsName name) {
    PeerStream answer = request.stream();
    StillHere still = new StillHere(answer);
    imports.receive(name, request.by(), new Upload(request.body()), sender(answer, still));
    return still.await();
  }

  /** What our hook says goes to the peer. */
  static ImportVps.Sender sender(PeerStream answer, StillHere still) {
    return new ImportVps.Sender() {
      @Override
      public void take(byte[] bytes) throws IOException {
        answer.write(PeerFrames.bytes(bytes));
      }

      @Override
      public void ended(Operation operation) {
        still.ended(operation);
      }
    };
  }

  /** Answer of a probe. */
  record Probed(long bytes) {}

  private static Probed probe(PeerRequest request) throws IOException {
    request.requirePeer();
    byte[] block = new byte[BLOCK_BYTES];
    long bytes = 0;
    for (int count = request.body().read(block); count >= 0; count = request.body().read(block)) {
      bytes += count;
      if (bytes > MAX_PROBE_BYTES) {
        throw VpsException.invalid(
            "probe", "it is longer than " + MAX_PROBE_BYTES + " bytes", "Send less.");
      }
    }
    return new Probed(bytes);
  }

  @Override
  public void answered(PeerRequest request, int status) {
    boolean changes = request.isUnsafe() && !LOOKS.contains(request.path());
    if (status >= REFUSED || changes) {
      note(request.by(), action(request.path()), request.path(), request.address(), status);
    }
  }

  private static String action(String path) {
    return switch (path) {
      case PeerPaths.JOIN -> "peer.join";
      case PeerPaths.FACTS -> "peer.facts";
      case PeerPaths.ADMISSION -> "peer.admission";
      case PeerPaths.AUTHORITIES -> "peer.authorities";
      case PeerPaths.PROBE -> "peer.probe";
      default -> {
        if (path.startsWith(PeerPaths.MIGRATIONS)) {
          yield "peer.migration";
        }
        yield path.startsWith(PeerPaths.VPS) ? "peer.receive" : "peer.unknown";
      }
    };
  }

  @Override
  public void strange(String address, Throwable why) {
    LOG.debug("a connection for peers from {} is none", address, why);
    Instant now = clock.instant();
    Instant last = lastStrange.get();
    if (last.isBefore(now.minus(STRANGE_PAUSE)) && lastStrange.compareAndSet(last, now)) {
      note("-", "peer.connection", "-", address, REFUSED);
    }
  }

  private void note(String by, String action, String path, String address, int status) {
    try {
      audit.add(
          new AuditEntry(
              clock.instant(),
              by,
              action,
              shortened(path),
              address,
              status,
              Optional.empty(),
              Optional.empty()));
    } catch (VpsException e) {
      LOG.error("an entry is missing in the audit: {} by {}", action, by, e);
    }
  }

  private static String shortened(String path) {
    return path.length() <= MAX_PATH ? path : path.substring(0, MAX_PATH);
  }
}
