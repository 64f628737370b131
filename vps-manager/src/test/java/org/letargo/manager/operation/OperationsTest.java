package org.letargo.manager.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.testing.FakeHook;
import org.letargo.manager.database.Database;

/** With a database that for a time refuses to write how operations end, as on a full disk. */
class OperationsTest {
  private static final VpsName WEB = new VpsName("web1");

  @TempDir Path dir;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private FakeHook hook;
  private Database database;
  private Operations operations;

  @BeforeEach
  void open() throws IOException {
    hook = FakeHook.start(dir.resolve("hook.sock"));
    database = Database.open(dir.resolve("manager.db"));
    operations = open(database);
  }

  private Operations open(Database database) {
    return new Operations(
        database,
        100,
        new HookCalls(hook.client(), HookPatience.DEFAULT),
        Clock.systemUTC(),
        new OperationMetrics(new SimpleMeterRegistry()),
        operation -> told.add(operation.state().word()));
  }

  @AfterEach
  void close() throws IOException {
    operations.close();
    database.close();
    hook.close();
  }

  private void execute(String sql) {
    database.write(connection -> {
      try (Statement statement = connection.createStatement()) {
        return statement.executeUpdate(sql);
      }
    });
  }

  private void refuseEnds() {
    execute(
        "CREATE TRIGGER full BEFORE UPDATE OF state ON operation BEGIN SELECT RAISE(ABORT, 'full');"
            + " END");
  }

  private OperationId startAndEnd() {
    OperationId id = OperationId.create();
    operations.start(id, OperationKind.START, new Subject.OfVps(WEB), "tester", _ -> {});
    await().until(() -> told.contains("succeeded"));
    return id;
  }

  private List<OperationId> unfinished() {
    return operations.unfinished().stream().map(each -> each.operation().id()).toList();
  }

  @Test
  void showsAnEndThatCouldNotBeWrittenAndWritesItLater() {
    refuseEnds();
    OperationId id = startAndEnd();
    assertThat(operations.find(id).state()).isInstanceOf(OperationState.Succeeded.class);
    assertThat(operations.list(Optional.of(WEB), 10))
        .extracting(each -> each.state().word())
        .containsExactly("succeeded");
    assertThat(unfinished()).containsExactly(id);

    execute("DROP TRIGGER full");

    await().until(() -> unfinished().isEmpty());
    assertThat(operations.find(id).state()).isInstanceOf(OperationState.Succeeded.class);
    assertThat(told).containsExactly("running", "succeeded");
  }

  @Test
  void leavesAnEndThatWasNeverWrittenToTheNextManager() {
    refuseEnds();
    OperationId id = startAndEnd();

    operations.close();
    operations = open(database);

    assertThat(unfinished()).containsExactly(id);
    assertThat(operations.find(id).state()).isInstanceOf(OperationState.Running.class);
  }
}
