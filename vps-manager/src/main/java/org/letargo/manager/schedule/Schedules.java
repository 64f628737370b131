package org.letargo.manager.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.database.Database;

/**
 * All schedules: in memory to look at, and in the database before anybody is told. Looking never
 * waits; what changes something blocks, and one change waits for the other.
 */
public final class Schedules {
  private final Database database;
  private final Clock clock;

  /** Replaced by each change, never changed itself. */
  private volatile NavigableMap<VpsName, Scheduled> byVps = new TreeMap<>();

  private Runnable listener = () -> {};

  /** Reads what the database has. */
  public Schedules(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
    this.byVps = database.read(Schedules::readAll);
  }

  /** Hears that a schedule was added or replaced; called under the lock, must not block. */
  synchronized void onAdded(Runnable heard) {
    listener = heard;
  }

  /** All, by VPS. */
  public List<Scheduled> list() {
    return List.copyOf(byVps.values());
  }

  /** How many have failed last. */
  public long failing() {
    return byVps.values().stream().filter(each -> each.failures() > 0).count();
  }

  /**
   * How it stands.
   *
   * @throws VpsException NOT_FOUND
   */
  Scheduled get(VpsName vps) {
    Scheduled known = byVps.get(vps);
    if (known == null) {
      throw new VpsException(
          Code.NOT_FOUND,
          "VPS '" + vps + "' has no schedule",
          "none was added, or the VPS was destroyed meanwhile",
          "Add one with 'letargo schedule add " + vps + " --every 5m'.");
    }
    return known;
  }

  /** Adds it, or takes it for the one that the VPS has; it is due at once. */
  synchronized Scheduled put(Schedule schedule) {
    Scheduled added = Scheduled.added(schedule, clock.instant());
    store(added);
    listener.run();
    return added;
  }

  /** What a VPS has; empty if it has none. */
  public Optional<Schedule> find(VpsName vps) {
    return Optional.ofNullable(byVps.get(vps)).map(Scheduled::schedule);
  }

  /** Adds one that came with its VPS, unless somebody has given it another one already. */
  public synchronized void putUnlessThere(Schedule schedule) {
    if (find(schedule.vps()).isEmpty()) {
      put(schedule);
    }
  }

  /**
   * @throws VpsException NOT_FOUND
   */
  synchronized void remove(VpsName vps) {
    get(vps);
    removeIfThere(vps);
  }

  synchronized void removeIfThere(VpsName vps) {
    if (!byVps.containsKey(vps)) {
      return;
    }
    database.write(connection -> {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM schedule WHERE vps = ?")) {
        delete.setString(1, vps.value());
        return delete.executeUpdate();
      }
    });
    NavigableMap<VpsName, Scheduled> next = new TreeMap<>(byVps);
    next.remove(vps);
    byVps = next;
  }

  /** Notes how it goes; no effect if it was removed or replaced meanwhile. */
  synchronized void update(Schedule schedule, UnaryOperator<Scheduled> change) {
    Scheduled known = byVps.get(schedule.vps());
    if (known != null && known.schedule() == schedule) {
      store(change.apply(known));
    }
  }

  private void store(Scheduled scheduled) {
    database.write(connection -> write(connection, scheduled));
    NavigableMap<VpsName, Scheduled> next = new TreeMap<>(byVps);
    next.put(scheduled.schedule().vps(), scheduled);
    byVps = next;
  }

  private static int write(Connection connection, Scheduled scheduled) throws SQLException {
    Schedule schedule = scheduled.schedule();
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO schedule (vps, every_seconds, keep, keep_hourly, keep_daily,"
                + " by_token, next_at, last_at, failures, error)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, schedule.vps().value());
      insert.setLong(2, schedule.every().toSeconds());
      insert.setInt(3, schedule.retention().last());
      insert.setInt(4, schedule.retention().hourly());
      insert.setInt(5, schedule.retention().daily());
      insert.setString(6, schedule.by());
      insert.setString(7, scheduled.nextAt().toString());
      insert.setString(8, scheduled.lastAt().map(Instant::toString).orElse(""));
      insert.setInt(9, scheduled.failures());
      insert.setString(10, scheduled.error().map(Schedules::json).orElse(""));
      return insert.executeUpdate();
    }
  }

  private static NavigableMap<VpsName, Scheduled> readAll(Connection connection)
      throws SQLException {
    NavigableMap<VpsName, Scheduled> all = new TreeMap<>();
    try (PreparedStatement select = connection.prepareStatement("SELECT * FROM schedule");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        Scheduled scheduled = read(row);
        all.put(scheduled.schedule().vps(), scheduled);
      }
    }
    return all;
  }

  private static Scheduled read(ResultSet row) throws SQLException {
    Schedule schedule =
        new Schedule(
            new VpsName(row.getString("vps")),
            Duration.ofSeconds(row.getLong("every_seconds")),
            new Retention(row.getInt("keep"), row.getInt("keep_hourly"), row.getInt("keep_daily")),
            row.getString("by_token"));
    return new Scheduled(
        schedule,
        Instant.parse(row.getString("next_at")),
        Optional.of(row.getString("last_at")).filter(at -> !at.isEmpty()).map(Instant::parse),
        row.getInt("failures"),
        failure(row.getString("error")));
  }

  private static String json(Failure failure) {
    try {
      return Json.MAPPER.writeValueAsString(failure);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a failure is always JSON", e);
    }
  }

  private static Optional<Failure> failure(String json) throws SQLException {
    if (json.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.MAPPER.readValue(json, Failure.class));
    } catch (JsonProcessingException e) {
      throw new SQLException("the error of a schedule is not readable", e);
    }
  }
}
