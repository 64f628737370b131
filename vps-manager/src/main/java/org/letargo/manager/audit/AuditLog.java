package org.letargo.manager.audit;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.letargo.manager.database.Database;

/** The audit in the database. Its methods block. */
public final class AuditLog {
  private final Database database;
  private final int kept;

  /**
   * @param kept how many entries stay; older ones go as new ones come
   */
  public AuditLog(Database database, int kept) {
    this.database = database;
    this.kept = kept;
  }

  /** Adds an entry; its outcome is not looked at. */
  public void add(AuditEntry entry) {
    database.write(connection -> {
      try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO audit (at, by_token, action, path, from_host, status, operation)"
                      + " VALUES (?, ?, ?, ?, ?, ?, ?)");
          PreparedStatement forget =
              connection.prepareStatement(
                  "DELETE FROM audit WHERE sequence <= last_insert_rowid() - ?")) {
        insert.setString(1, entry.at().toString());
        insert.setString(2, entry.by());
        insert.setString(3, entry.action());
        insert.setString(4, entry.path());
        insert.setString(5, entry.from());
        insert.setInt(6, entry.status());
        insert.setString(7, entry.operation().orElse(""));
        insert.executeUpdate();
        forget.setInt(1, kept);
        return forget.executeUpdate();
      }
    });
  }

  /** The newest entries first. */
  public List<AuditEntry> list(int limit) {
    return database.read(connection -> {
      List<AuditEntry> entries = new ArrayList<>();
      try (PreparedStatement select =
          connection.prepareStatement(
              "SELECT at, audit.by_token, action, path, from_host, status, operation, state"
                  + " FROM audit LEFT JOIN operation ON operation.id = audit.operation"
                  + " ORDER BY audit.sequence DESC LIMIT ?")) {
        select.setInt(1, limit);
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            entries.add(
                new AuditEntry(
                    Instant.parse(row.getString(1)),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getInt(6),
                    Optional.of(row.getString(7)).filter(id -> !id.isEmpty()),
                    Optional.ofNullable(row.getString(8))));
          }
        }
      }
      return entries;
    });
  }
}
