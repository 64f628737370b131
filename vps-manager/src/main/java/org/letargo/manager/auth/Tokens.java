package org.letargo.manager.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.database.Database;

/**
 * All tokens: random 256-bit numbers of which only the SHA-256 is kept. {@link #authenticate} reads
 * memory and may be called on an event loop; the other methods write the database and block. One
 * lock orders the changes; what authenticates is replaced as a whole.
 */
public final class Tokens {
  private static final int TOKEN_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A token and the hash of its text. */
  private record Known(Token token, byte[] hash) {}

  private final Database database;
  private final Clock clock;
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private volatile List<Known> known;

  /** Loads what the database has. */
  public Tokens(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
    this.known = load(database);
  }

  private static List<Known> load(Database database) {
    return database.read(connection -> {
      TreeMap<TokenName, Known> byName = new TreeMap<>();
      try (PreparedStatement select =
              connection.prepareStatement("SELECT name, role, hash, created_at FROM token");
          ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          TokenName name = new TokenName(rows.getString(1));
          Token token =
              new Token(name, Role.parse(rows.getString(2)), Instant.parse(rows.getString(4)));
          byName.put(name, new Known(token, HexFormat.of().parseHex(rows.getString(3))));
        }
      }
      return List.copyOf(byName.values());
    });
  }

  /** Whose text it is. Takes the same time for every text; compares with every token. */
  public Optional<Token> authenticate(String text) {
    byte[] hash = hash(text);
    Optional<Token> found = Optional.empty();
    for (Known candidate : known) {
      if (MessageDigest.isEqual(candidate.hash(), hash)) {
        found = Optional.of(candidate.token());
      }
    }
    return found;
  }

  /** All tokens, by name. */
  public List<Token> list() {
    return known.stream().map(Known::token).toList();
  }

  /**
   * Makes a token.
   *
   * @throws VpsException NAME_TAKEN
   */
  public NewToken create(TokenName name, Role role) {
    return create(name, role, _ -> {});
  }

  /** The same; its text is shown before it is known. */
  synchronized NewToken create(TokenName name, Role role, Consumer<String> before) {
    if (list().stream().anyMatch(token -> token.name().equals(name))) {
      throw new VpsException(
          Code.NAME_TAKEN,
          "cannot create token '" + name + "'",
          "there is one of that name",
          "Choose another name, or revoke that one first.");
    }
    byte[] random = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(random);
    String text = HexFormat.of().formatHex(random);
    before.accept(text);
    database.write(connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO token (name, role, hash, created_at) VALUES (?, ?, ?, ?)")) {
        insert.setString(1, name.value());
        insert.setString(2, role.word());
        insert.setString(3, HexFormat.of().formatHex(hash(text)));
        insert.setString(4, clock.instant().toString());
        return insert.executeUpdate();
      }
    });
    known = load(database);
    return new NewToken(name, role, text);
  }

  /**
   * Forgets a token; from now on nobody gets in with it, and what it watches or sits at ends.
   *
   * @throws VpsException NOT_FOUND; WRONG_STATE if it is the last one of role admin
   */
  public void revoke(TokenName name) {
    Token revoked = forget(name);
    for (Watch watch : List.copyOf(watches)) {
      watch.tellIf(revoked);
    }
  }

  /** Somebody who serves a token for long. */
  public final class Watch implements AutoCloseable {
    private final Token token;
    private final Runnable revoked;

    private Watch(Token token, Runnable revoked) {
      this.token = token;
      this.revoked = revoked;
    }

    private void tellIf(Token gone) {
      if (token.equals(gone) && watches.remove(this)) {
        revoked.run();
      }
    }

    @Override
    public void close() {
      watches.remove(this);
    }
  }

  /**
   * Watches a token until the watch is closed; does not block.
   *
   * @param revoked runs once when it is revoked, at once if it has been; must not block
   */
  public Watch watch(Token token, Runnable revoked) {
    Watch watch = new Watch(token, revoked);
    watches.add(watch);
    if (!list().contains(token)) { // after that it is told
      watch.tellIf(token);
    }
    return watch;
  }

  private synchronized Token forget(TokenName name) {
    Token token =
        list().stream()
            .filter(t -> t.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new VpsException(
                    Code.NOT_FOUND,
                    "there is no token '" + name + "'",
                    "none of that name is known",
                    "List them with 'letargo token list'."));
    long admins = list().stream().filter(t -> t.role() == Role.ADMIN).count();
    if (token.role() == Role.ADMIN && admins == 1) {
      throw new VpsException(
          Code.WRONG_STATE,
          "cannot revoke token '" + name + "'",
          "it is the last one of role admin",
          "Create another one with 'letargo token create NAME --role admin' first.");
    }
    database.write(connection -> {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM token WHERE name = ?")) {
        delete.setString(1, name.value());
        return delete.executeUpdate();
      }
    });
    known = load(database);
    return token;
  }

  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
