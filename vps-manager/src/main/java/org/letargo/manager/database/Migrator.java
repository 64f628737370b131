package org.letargo.manager.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

/**
 * Brings the tables up to date: runs the SQL files that the database has not had, in order. Which
 * it has had is SQLite's {@code user_version}. A file that was once released never changes.
 */
final class Migrator {
  private static final List<String> FILES =
      List.of("001-first.sql", "002-timeline.sql", "003-peers.sql");

  private Migrator() {}

  /**
   * @throws VpsException INTERNAL if the database was made by a newer Letargo
   */
  static void migrate(Connection connection) throws SQLException {
    int version = version(connection);
    if (version > FILES.size()) {
      throw new VpsException(
          Code.INTERNAL,
          "cannot use the database",
          "it has version " + version + ", this Letargo knows " + FILES.size(),
          "Install the Letargo that made it, or a newer one.");
    }
    for (int next = version; next < FILES.size(); next++) {
      try (Statement statement = connection.createStatement()) {
        for (String sql : read(FILES.get(next)).split(";\\s*\\n")) {
          if (!sql.isBlank()) {
            statement.execute(sql);
          }
        }
        statement.execute("PRAGMA user_version = " + (next + 1));
      }
    }
  }

  private static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA user_version")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static String read(String file) {
    try (InputStream in = Migrator.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
