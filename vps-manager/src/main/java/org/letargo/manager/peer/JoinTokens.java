package org.letargo.manager.peer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.database.Database;

/** The join tokens that somebody may still use; only hashes are kept. Its methods block. */
final class JoinTokens {
  /** How long a token can be used, once. */
  static final Duration LIFE = Duration.ofMinutes(15);

  /** How many there may be at once. */
  static final int MAX_OPEN = 100;

  private final Database database;
  private final Clock clock;

  JoinTokens(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * Makes one.
   *
   * @param by the name of the token of whoever makes it
   * @return when it ends
   * @throws VpsException BUSY if there are too many
   */
  Instant add(JoinToken token, String by) {
    Instant now = clock.instant();
    Instant end = now.plus(LIFE).truncatedTo(ChronoUnit.SECONDS);
    database.write(connection -> {
      try (PreparedStatement forget =
              connection.prepareStatement("DELETE FROM peer_token WHERE expires_at <= ?");
          PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO peer_token (hash, expires_at, by_token) VALUES (?, ?, ?)")) {
        forget.setLong(1, now.getEpochSecond());
        forget.executeUpdate();
        requireRoom(connection);
        insert.setString(1, hash(token.secret()));
        insert.setLong(2, end.getEpochSecond());
        insert.setString(3, by);
        return insert.executeUpdate();
      }
    });
    return end;
  }

  private static void requireRoom(Connection connection) throws SQLException {
    try (PreparedStatement count = connection.prepareStatement("SELECT count(*) FROM peer_token");
        ResultSet row = count.executeQuery()) {
      row.next();
      if (row.getInt(1) >= MAX_OPEN) {
        throw new VpsException(
            Code.BUSY,
            "cannot make a join token",
            MAX_OPEN + " wait to be used",
            "Wait: each ends " + LIFE.toMinutes() + " minutes after it was made.");
      }
    }
  }

  /** Uses a token up, as a part of a transaction; false if there is none of that secret. */
  boolean redeem(Connection connection, String secret) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM peer_token WHERE hash = ? AND expires_at > ?")) {
      delete.setString(1, hash(secret));
      delete.setLong(2, clock.instant().getEpochSecond());
      return delete.executeUpdate() == 1;
    }
  }

  /** No token that was made is good any longer. */
  void forgetAll() {
    database.write(connection -> {
      try (PreparedStatement delete = connection.prepareStatement("DELETE FROM peer_token")) {
        return delete.executeUpdate();
      }
    });
  }

  private static String hash(String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
