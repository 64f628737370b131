package org.letargo.manager.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

class DatabaseTest {
  @TempDir Path dir;

  @Test
  void isDurableAndInWalMode() {
    try (Database database = Database.open(dir.resolve("m.db"))) {
      assertThat(database.<String>read(c -> one(c, "PRAGMA journal_mode"))).isEqualTo("wal");
      assertThat(database.<String>write(c -> one(c, "PRAGMA synchronous"))).isEqualTo("2");
      assertThat(database.<String>read(c -> one(c, "PRAGMA user_version"))).isEqualTo("3");
    }
  }

  @Test
  void keepsWhatItHasWhenItIsOpenedAgain() {
    try (Database database = Database.open(dir.resolve("m.db"))) {
      database.write(c -> run(c, "INSERT INTO token VALUES ('a', 'viewer', 'h', 't')"));
    }
    try (Database database = Database.open(dir.resolve("m.db"))) {
      assertThat(database.<String>read(c -> one(c, "SELECT name FROM token"))).isEqualTo("a");
    }
  }

  @Test
  void writesAllOrNothing() {
    try (Database database = Database.open(dir.resolve("m.db"))) {
      assertThatThrownBy(() ->
              database.write(c -> {
                run(c, "INSERT INTO token VALUES ('a', 'viewer', 'h', 't')");
                return run(c, "INSERT INTO no_such_table VALUES (1)");
              }))
          .isInstanceOf(VpsException.class)
          .hasMessageContaining("no_such_table");

      assertThat(database.<String>read(c -> one(c, "SELECT count(*) FROM token"))).isEqualTo("0");
    }
  }

  @Test
  void saysThatTheDiskIsFullAndGoesOn() {
    try (Database database = Database.open(dir.resolve("m.db"))) {
      assertThatThrownBy(() ->
              database.write(c -> {
                run(c, "PRAGMA max_page_count = 1"); // SQLite raises it to what there is
                return run(
                    c, "INSERT INTO token VALUES ('a', 'viewer', hex(zeroblob(1000000)), 't')");
              }))
          .isInstanceOfSatisfying(
              VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.NO_SPACE))
          .hasMessage(
              "the manager cannot write its database: the disk is full. Free space on that disk,"
                  + " then try again.");

      assertThat(database.<String>read(c -> one(c, "SELECT count(*) FROM token"))).isEqualTo("0");
    }
  }

  @Test
  void refusesADatabaseOfANewerLetargo() {
    Path file = dir.resolve("m.db");
    try (Database database = Database.open(file)) {
      database.write(c -> run(c, "PRAGMA user_version = 99"));
    }

    assertThatThrownBy(() -> Database.open(file))
        .hasMessage(
            "cannot use the database: it has version 99, this Letargo knows 3. Install the Letargo"
                + " that made it, or a newer one.");
  }

  private static String one(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static boolean run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }
}
