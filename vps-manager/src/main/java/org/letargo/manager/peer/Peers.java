package org.letargo.manager.peer;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.config.PeerUrl;
import org.letargo.manager.database.Database;

/**
 * All peers: in memory to look at, and in the database before anybody is told. Looking never waits;
 * what changes something blocks, and one change waits for the other.
 */
final class Peers {
  private static final Pattern BETWEEN = Pattern.compile("(?<=-----END CERTIFICATE-----)\\s+");

  private final Database database;
  private final Clock clock;

  /** Replaced by each change, never changed itself. */
  private volatile NavigableMap<PeerName, Peer> byName;

  /** Reads what the database has. */
  Peers(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
    this.byName = database.read(Peers::readAll);
  }

  /** All, by name. */
  List<Peer> list() {
    return List.copyOf(byName.values());
  }

  /**
   * @throws VpsException NOT_FOUND
   */
  Peer get(PeerName name) {
    Peer known = byName.get(name);
    if (known == null) {
      throw new VpsException(
          Code.NOT_FOUND,
          "there is no peer '" + name + "'",
          "none of that name was added, or it was removed",
          "List them with 'letargo peer list'.");
    }
    return known;
  }

  /** The peer that shows this chain as a client; empty if it is none of ours. */
  Optional<Peer> identify(List<X509Certificate> chain) {
    Instant now = clock.instant();
    return byName.values().stream()
        .filter(peer -> Pins.issuerOf(chain, peer.authorities(), Pins.End.CLIENT, now).isPresent())
        .findFirst();
  }

  /**
   * Whether a peer could be added under this name.
   *
   * @throws VpsException NAME_TAKEN
   */
  void requireFree(PeerName name) {
    if (byName.containsKey(name)) {
      throw new VpsException(
          Code.NAME_TAKEN,
          "cannot add peer '" + name + "'",
          "there is one of that name",
          "Choose another name, or remove that one with 'letargo peer remove " + name + "'.");
    }
  }

  /**
   * Adds a peer that was asked with its token.
   *
   * @throws VpsException NAME_TAKEN if there is one of that name, or the same under another name
   */
  synchronized void add(Peer peer) {
    requireNew(peer);
    database.write(connection -> write(connection, peer));
    remember(peer);
  }

  /**
   * Adds a peer that has come with a token of ours, which is used up by the same transaction.
   *
   * @throws VpsException UNAUTHENTICATED if there is no such token; NAME_TAKEN as {@link #add}: the
   *     token can be used again then
   */
  synchronized void join(Peer peer, JoinTokens tokens, String secret) {
    database.write(connection -> {
      if (!tokens.redeem(connection, secret)) {
        throw new VpsException(
            Code.UNAUTHENTICATED,
            "the join is refused",
            "the token is not known here: it was used, or has ended",
            "Run 'letargo peer token' there again.");
      }
      requireNew(peer);
      return write(connection, peer);
    });
    remember(peer);
  }

  private void requireNew(Peer peer) {
    requireFree(peer.name());
    for (Peer known : byName.values()) {
      if (known.fingerprints().stream().anyMatch(peer.fingerprints()::contains)) {
        throw new VpsException(
            Code.NAME_TAKEN,
            "cannot add peer '" + peer.name() + "'",
            "the same installation is a peer already, as '" + known.name() + "'",
            "Remove it first with 'letargo peer remove " + known.name() + "'.");
      }
    }
  }

  /**
   * @return as it was
   * @throws VpsException NOT_FOUND
   */
  synchronized Peer remove(PeerName name) {
    Peer removed = get(name);
    database.write(connection -> {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM peer WHERE name = ?")) {
        delete.setString(1, name.value());
        return delete.executeUpdate();
      }
    });
    NavigableMap<PeerName, Peer> next = new TreeMap<>(byName);
    next.remove(name);
    byName = next;
    return removed;
  }

  /**
   * Changes one that is still there.
   *
   * @return as it is now
   * @throws VpsException NOT_FOUND
   */
  synchronized Peer update(PeerName name, UnaryOperator<Peer> change) {
    Peer changed = change.apply(get(name));
    database.write(connection -> write(connection, changed));
    remember(changed);
    return changed;
  }

  private void remember(Peer peer) {
    NavigableMap<PeerName, Peer> next = new TreeMap<>(byName);
    next.put(peer.name(), peer);
    byName = next;
  }

  private static int write(Connection connection, Peer peer) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO peer (name, url, authorities, added_at, told,"
                + " bytes_per_second) VALUES (?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, peer.name().value());
      insert.setString(2, peer.url().value());
      insert.setString(3, peer.authorities().stream().map(Pem::text).collect(Collectors.joining()));
      insert.setString(4, peer.addedAt().toString());
      insert.setString(
          5, peer.told().stream().map(Fingerprint::value).collect(Collectors.joining(" ")));
      insert.setLong(6, peer.bytesPerSecond().orElse(0));
      return insert.executeUpdate();
    }
  }

  private static NavigableMap<PeerName, Peer> readAll(Connection connection) throws SQLException {
    NavigableMap<PeerName, Peer> all = new TreeMap<>();
    try (PreparedStatement select = connection.prepareStatement("SELECT * FROM peer");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        long bandwidth = row.getLong("bytes_per_second");
        Peer peer =
            new Peer(
                new PeerName(row.getString("name")),
                new PeerUrl(row.getString("url")),
                authorities(row.getString("authorities")),
                Instant.parse(row.getString("added_at")),
                Stream.of(row.getString("told").split(" "))
                    .filter(each -> !each.isEmpty())
                    .map(Fingerprint::new)
                    .toList(),
                bandwidth == 0 ? OptionalLong.empty() : OptionalLong.of(bandwidth));
        all.put(peer.name(), peer);
      }
    }
    return all;
  }

  private static List<X509Certificate> authorities(String pem) throws SQLException {
    List<X509Certificate> all = new ArrayList<>();
    for (String text : BETWEEN.split(pem)) {
      try {
        all.add(Pem.certificate(text));
      } catch (GeneralSecurityException e) {
        throw new SQLException("the authority of a peer is not readable", e);
      }
    }
    return all;
  }
}
