package org.letargo.manager.operation;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.database.Database;

/**
 * Operations in the database, there before anything is asked of the hook. Progress is not kept
 * here, but for the last. Its methods block.
 */
final class OperationJournal {
  private static final String COLUMNS =
      "id, kind, vps, template, by_token, started_at, hook_operation, step, state, ended_at, phase,"
          + " percent, error, result";

  private final Database database;
  private final int kept;

  /**
   * @param kept how many operations stay besides those that run
   */
  OperationJournal(Database database, int kept) {
    this.database = database;
    this.kept = kept;
  }

  void begin(Operation operation, OperationId hookOperation) {
    database.write(connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO operation (id, kind, vps, template, by_token, started_at,"
                  + " hook_operation, step, state) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'running')")) {
        insert.setString(1, operation.id().value());
        insert.setString(2, operation.kind().word());
        insert.setString(3, operation.subject().vps().map(VpsName::value).orElse(""));
        insert.setString(4, operation.subject().template().map(TemplateName::value).orElse(""));
        insert.setString(5, operation.by());
        insert.setString(6, operation.startedAt().toString());
        insert.setString(7, hookOperation.value());
        return insert.executeUpdate();
      }
    });
  }

  /** The operation goes on with another step. */
  void step(OperationId id, OperationId hookOperation, int step) {
    database.write(connection -> {
      try (PreparedStatement update =
          connection.prepareStatement(
              "UPDATE operation SET hook_operation = ?, step = ? WHERE id = ?")) {
        update.setString(1, hookOperation.value());
        update.setInt(2, step);
        update.setString(3, id.value());
        return update.executeUpdate();
      }
    });
  }

  /** The operation has ended; forgets the oldest ones beyond those that are kept. */
  void end(Operation operation) {
    OperationView view = OperationView.of(operation);
    String error =
        switch (operation.state()) {
          case OperationState.Running _ -> throw new IllegalArgumentException("it still runs");
          case OperationState.Succeeded _ -> "";
          case OperationState.Failed(Instant _, Failure failure) -> json(failure);
          case OperationState.Cancelled(Instant _, Failure failure) -> json(failure);
        };
    database.write(connection -> {
      try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE operation SET state = ?, ended_at = ?, phase = ?, percent = ?, error ="
                      + " ?, vps = ?, result = ? WHERE id = ?");
          PreparedStatement forget =
              connection.prepareStatement(
                  "DELETE FROM operation WHERE state <> 'running' AND sequence <= (SELECT"
                      + " max(sequence) FROM operation) - ?")) {
        update.setString(1, operation.state().word());
        update.setString(2, view.endedAt().orElseThrow().toString());
        update.setString(3, operation.progress().phase());
        update.setInt(4, operation.progress().percent());
        update.setString(5, error);
        update.setString(6, operation.subject().vps().map(VpsName::value).orElse(""));
        update.setString(7, json(operation.result()));
        update.setString(8, operation.id().value());
        update.executeUpdate();
        forget.setInt(1, kept);
        return forget.executeUpdate();
      }
    });
  }

  /** Those that were running when the manager ended, the oldest first. */
  List<Journalled> unfinished() {
    return select("WHERE state = 'running' ORDER BY sequence", _ -> {});
  }

  Optional<Operation> find(OperationId id) {
    return select("WHERE id = ?", statement -> statement.setString(1, id.value())).stream()
        .map(Journalled::operation)
        .findFirst();
  }

  /** The newest first; of all VPSes if the name is empty. */
  List<Operation> list(Optional<VpsName> vps, int limit) {
    return select(
            "WHERE ?1 = '' OR vps = ?1 ORDER BY sequence DESC LIMIT ?2",
            statement -> {
              statement.setString(1, vps.map(VpsName::value).orElse(""));
              statement.setInt(2, limit);
            })
        .stream()
        .map(Journalled::operation)
        .toList();
  }

  private interface Parameters {
    void set(PreparedStatement statement) throws SQLException;
  }

  private List<Journalled> select(String where, Parameters parameters) {
    return database.read(connection -> select(connection, where, parameters));
  }

  private static List<Journalled> select(Connection connection, String where, Parameters parameters)
      throws SQLException {
    List<Journalled> found = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT " + COLUMNS + " FROM operation " + where)) {
      parameters.set(statement);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.add(
              new Journalled(
                  operation(row),
                  new OperationId(row.getString("hook_operation")),
                  row.getInt("step")));
        }
      }
    }
    return found;
  }

  private static Operation operation(ResultSet row) throws SQLException {
    return new Operation(
        new OperationId(row.getString("id")),
        OperationKind.parse(row.getString("kind")),
        subject(row),
        row.getString("by_token"),
        Instant.parse(row.getString("started_at")),
        state(row),
        Progress.phase(row.getString("phase"), row.getInt("percent")),
        result(row.getString("result")));
  }

  private static Subject subject(ResultSet row) throws SQLException {
    String vps = row.getString("vps");
    if (!vps.isEmpty()) {
      return new Subject.OfVps(new VpsName(vps));
    }
    return switch (OperationKind.parse(row.getString("kind"))) {
      case STORE_CHECK, STORE_GC, STORE_REPAIR -> new Subject.OfStore();
      case TEMPLATE_BUILD, TEMPLATE_ADD, TEMPLATE_EXPORT, TEMPLATE_REMOVE ->
          new Subject.OfTemplate(new TemplateName(row.getString("template")));
      case CREATE,
          START,
          STOP,
          RESTART,
          DESTROY,
          SUSPEND,
          RESUME,
          PAUSE,
          UNPAUSE,
          EXPORT,
          IMPORT,
          SEND,
          RECEIVE,
          MIGRATE,
          ARRIVE,
          REMEMBER,
          TAKE_BACK,
          CHECKPOINT,
          REWIND,
          CLONE,
          FORGET,
          VERIFY ->
          new Subject.Unnamed();
    };
  }

  /** Empty while it runs, and of one that ended before there were results. */
  private static OperationResult result(String json) throws SQLException {
    if (json.isEmpty()) {
      return new OperationResult.Nothing();
    }
    try {
      return Json.MAPPER.readValue(json, OperationResult.class);
    } catch (JsonProcessingException e) {
      throw new SQLException("the result of an operation is not readable", e);
    }
  }

  private static OperationState state(ResultSet row) throws SQLException {
    String state = row.getString("state");
    if (state.equals("running")) {
      return new OperationState.Running();
    }
    Instant at = Instant.parse(row.getString("ended_at"));
    return switch (state) {
      case "succeeded" -> new OperationState.Succeeded(at);
      case "failed", "cancelled" -> OperationState.failed(at, failure(row.getString("error")));
      default -> throw new SQLException("an operation has the state '" + state + "'");
    };
  }

  private static String json(Object failureOrResult) {
    try {
      return Json.MAPPER.writeValueAsString(failureOrResult);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record is always JSON", e);
    }
  }

  private static Failure failure(String json) throws SQLException {
    try {
      return Json.MAPPER.readValue(json, Failure.class);
    } catch (JsonProcessingException e) {
      throw new SQLException("the error of an operation is not readable", e);
    }
  }
}
