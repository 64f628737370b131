package org.letargo.manager.peer;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.archive.ImportVps;
import org.letargo.manager.audit.AuditLog;
import org.letargo.manager.config.PeerUrl;
import org.letargo.manager.config.Peering;
import org.letargo.manager.database.Database;
import org.letargo.manager.migration.Arrivals;
import org.letargo.manager.migration.OtherHosts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this host has to do with others: who they are, how they become peers and cease to be, and
 * that each knows the certificate authorities of the other. Its methods block.
 */
public final class PeerService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerService.class);

  private static final int PROBE_BLOCK_BYTES = 64 << 10;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Peering.On settings;
  private final Clock clock;
  private final Identity identity;
  private final Peers peers;
  private final JoinTokens tokens;
  private final Supplier<PeerFacts> facts;
  private final PeerClient client;
  private final PeerServer server;

  /**
   * What it is made of.
   *
   * @param folder where the authority is, 0700
   * @param facts what this host says of itself
   * @param admission what it has for a VPS that may come
   */
  public record Parts(
      Vertx vertx,
      Path folder,
      Database database,
      AuditLog audit,
      Supplier<PeerFacts> facts,
      Function<Arrival.Question, Arrival> admission,
      ImportVps imports,
      Arrivals arrivals,
      Clock clock) {}

  private PeerService(Peering.On settings, Parts parts) {
    this.settings = settings;
    this.clock = parts.clock();
    this.facts = parts.facts();
    Database database = parts.database();
    this.identity = Identity.open(parts.folder(), clock);
    this.peers = new Peers(database, clock);
    this.tokens = new JoinTokens(database, clock);
    PeerKeys keys = new PeerKeys(identity::leaf);
    this.client = new PeerClient(parts.vertx(), keys, clock);
    PeerDesk desk =
        new PeerDesk(
            identity,
            peers,
            tokens,
            facts,
            parts.admission(),
            parts.imports(),
            parts.arrivals(),
            parts.audit(),
            clock);
    this.server = PeerServer.start(parts.vertx(), settings, keys, desk);
  }

  /**
   * Reads or makes the certificate authority of this host, and listens.
   *
   * @throws VpsException INTERNAL if it cannot
   */
  public static PeerService start(Peering.On settings, Parts parts) {
    return new PeerService(settings, parts);
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /**
   * Makes a token with which one other host can become a peer.
   *
   * @param by the name of the token of whoever makes it
   * @throws VpsException BUSY if too many wait to be used
   */
  NewJoinToken newToken(String by) {
    X509Certificate current = identity.authorities().getFirst();
    JoinToken token = JoinToken.create(Fingerprint.of(current));
    Instant end = tokens.add(token, by);
    return new NewJoinToken(token.text(), end, settings.url());
  }

  /**
   * Becomes a peer of another host, which becomes one of this. If this host dies after the other
   * has agreed, only the other knows; the next try with the same name says so.
   *
   * @param tokenText what {@code letargo peer token} has printed on that host
   * @param as what that host shall call this one; empty: the first part of its host name
   * @throws VpsException INVALID_REQUEST, NAME_TAKEN, PEER_REFUSED, PEER_UNREACHABLE
   */
  PeerView add(PeerName name, PeerUrl url, String tokenText, Optional<PeerName> as) {
    JoinToken token = JoinToken.parse(tokenText);
    peers.requireFree(name);
    List<X509Certificate> own = identity.authorities();
    JoinRequest request =
        new JoinRequest(
            token.secret(),
            as.orElseGet(() -> PeerName.ofHost(facts.get().hostName())),
            settings.url(),
            port(),
            AuthorityList.of(own).authorities());
    List<X509Certificate> theirs =
        Pins.parse(client.join(url, token, request).authorities(), clock.instant());
    if (theirs.stream().map(Fingerprint::of).noneMatch(token.authority()::equals)) {
      throw new VpsException(
          Code.PEER_UNREACHABLE,
          "the host at " + url + " is not trusted",
          "the authority of the token is not among its own",
          "Make a new token there.");
    }
    Instant now = clock.instant();
    Peer peer = new Peer(name, url, theirs, now, fingerprints(own), OptionalLong.empty());
    peers.add(peer);
    LOG.info("the host at {} is the peer {} now", url, name);
    return view(peer);
  }

  /**
   * Believes a peer no longer, from this moment, also on connections that are open.
   *
   * @throws VpsException NOT_FOUND
   */
  void remove(PeerName name) {
    peers.remove(name);
    server.cut(name);
    client.cut(name);
    LOG.info("{} is no peer any more", name);
  }

  /**
   * @throws VpsException NOT_FOUND
   */
  Peer get(PeerName name) {
    return peers.get(name);
  }

  /**
   * Asks a peer whether a VPS could come to it.
   *
   * @throws VpsException NOT_FOUND, PEER_REFUSED, PEER_UNREACHABLE
   */
  public Arrival arrival(PeerName name, Arrival.Question question) {
    return client.post(peers.get(name), PeerPaths.ADMISSION, question, Arrival.class);
  }

  /**
   * How long it takes to say what it is like.
   *
   * @throws VpsException PEER_REFUSED, PEER_UNREACHABLE
   */
  Duration latency(Peer peer) {
    return client.getTimed(peer, PeerPaths.FACTS, PeerFacts.class).latency();
  }

  /** Begins to speak with a peer, in both directions at once. */
  PeerTalk talk(Peer peer, String path) {
    return client.talk(peer, path);
  }

  /** Asks a peer; failures as in {@link PeerClient#get}. */
  <T> T ask(Peer peer, String path, Class<T> type) {
    return client.get(peer, path, type);
  }

  /** Tells a peer something; failures as in {@link PeerClient#get}. */
  void tell(Peer peer, String path, Object body) {
    client.put(peer, path, body);
  }

  /** The peers as migrations need them. */
  public OtherHosts others() {
    return new PeerHosts(this, peers);
  }

  /** So fast did bytes go. */
  void sawBandwidth(PeerName name, long bytesPerSecond) {
    peers.update(name, known -> known.withBandwidth(bytesPerSecond));
  }

  /** All peers, each as it answers now; all are asked at once. */
  List<PeerView> list() {
    return each(this::view);
  }

  private <T> List<T> each(Function<Peer, T> ask) {
    List<T> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> asked =
          peers.list().stream().map(peer -> threads.submit(() -> ask.apply(peer))).toList();
      for (Future<T> one : asked) {
        answers.add(one.get());
      }
    } catch (ExecutionException e) {
      throw VpsException.internal("a peer cannot be asked", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VpsException(
          Code.INTERRUPTED, "the peers were not asked", "the manager ends", "", e);
    }
    return answers;
  }

  private PeerView view(Peer peer) {
    boolean knowsOurs = peer.told().equals(fingerprints(identity.authorities()));
    try {
      var said = client.getTimed(peer, PeerPaths.FACTS, PeerFacts.class);
      return PeerView.reached(peer, knowsOurs, said.answer(), said.latency());
    } catch (VpsException e) {
      return PeerView.missed(peer, knowsOurs, e);
    }
  }

  /**
   * Sends a peer bytes that cannot be compressed and remembers how fast they went.
   *
   * @throws VpsException NOT_FOUND, PEER_REFUSED, PEER_UNREACHABLE
   */
  PeerView probe(PeerName name, long bytes) {
    Peer peer = peers.get(name);
    byte[] block = new byte[PROBE_BLOCK_BYTES];
    ThreadLocalRandom.current().nextBytes(block);
    long begin = System.nanoTime();
    PeerClient.Body body =
        out -> {
          for (long left = bytes; left > 0; left -= block.length) {
            out.write(left >= block.length ? block : Arrays.copyOf(block, (int) left));
          }
        };
    PeerDesk.Probed taken = client.post(peer, PeerPaths.PROBE, body, PeerDesk.Probed.class);
    long nanos = Math.max(1, System.nanoTime() - begin);
    if (taken.bytes() != bytes) {
      throw new VpsException(
          Code.PEER_REFUSED,
          "the probe of peer '" + name + "' is not complete",
          "it has taken " + taken.bytes() + " of " + bytes + " bytes",
          "Try it again.");
    }
    long perSecond = Math.max(1, Math.round(bytes * (double) NANOS_PER_SECOND / nanos));
    return view(peers.update(name, known -> known.withBandwidth(perSecond)));
  }

  private static List<Fingerprint> fingerprints(List<X509Certificate> authorities) {
    return authorities.stream().map(Fingerprint::of).toList();
  }

  /**
   * Begins to replace the certificate authority, or goes on with it: all peers are told of the next
   * one; when the last has heard, it is used; then they are told to forget the old one.
   */
  Rotation rotate() {
    identity.beginRotation();
    return upkeep();
  }

  /**
   * Tells peers what they have to know of the authorities of this host, and goes on with their
   * replacement; begins it by itself when the authority is old. Peers that do not answer are told
   * the next time. One at a time.
   */
  synchronized Rotation upkeep() {
    if (identity.isOld()) {
      identity.beginRotation();
    }
    List<PeerName> deaf = tellAll();
    if (identity.isRotating() && deaf.isEmpty()) {
      tokens.forgetAll(); // they name the authority that goes
      identity.finishRotation();
      client.cutAll();
      LOG.info("the certificate authority was replaced");
      tellAll();
    }
    return new Rotation(!identity.isRotating(), deaf);
  }

  /** The peers that have not heard. */
  private List<PeerName> tellAll() {
    List<X509Certificate> own = identity.authorities();
    List<Fingerprint> fingerprints = fingerprints(own);
    return each(peer -> tell(peer, own, fingerprints)).stream().flatMap(Optional::stream).toList();
  }

  private Optional<PeerName> tell(
      Peer peer, List<X509Certificate> own, List<Fingerprint> fingerprints) {
    if (peer.told().equals(fingerprints)) {
      return Optional.empty();
    }
    try {
      client.put(peer, PeerPaths.AUTHORITIES, AuthorityList.of(own));
      peers.update(peer.name(), known -> known.withTold(fingerprints));
      return Optional.empty();
    } catch (VpsException e) {
      LOG.warn("the peer {} has not heard of our authorities: {}", peer.name(), e.getMessage());
      return Optional.of(peer.name());
    }
  }

  /** Listens no longer; calls that are under way end. */
  @Override
  public void close() {
    server.close();
    client.close();
  }
}
