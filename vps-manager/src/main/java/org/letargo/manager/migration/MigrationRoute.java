package org.letargo.manager.migration;

import java.time.Duration;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.web.Call;
import org.letargo.manager.web.Endpoints;

/** Migrations: begin one, take a VPS back. */
public final class MigrationRoute {
  /** Schema Migrate. */
  record MigrateBody(
      String peer,
      Optional<String> mode,
      Optional<Boolean> keepSource,
      Optional<Long> downtimeMillis,
      Optional<Long> bytesPerSecond) {}

  /** Schema TakeBack. */
  record TakeBackBody(Optional<Boolean> force) {}

  private static final String DEFAULT_MODE = "stop";

  private final Optional<MigrateVps> migrate;

  /**
   * @param migrate empty: peers are off
   */
  public MigrationRoute(Optional<MigrateVps> migrate) {
    this.migrate = migrate;
  }

  public void addTo(Endpoints endpoints) {
    endpoints.add("migrateVps", this::migrate).add("takeBackVps", this::takeBack);
  }

  private MigrateVps migration() {
    return migrate.orElseThrow(() ->
        new VpsException(
            Code.HOST_UNFIT,
            "no VPS can move from or to this host",
            "it knows no others: its configuration has no 'peers.listen'",
            "Set 'peers.listen' in /etc/letargo/letargo.yaml to an address and a port, such as"
                + " 0.0.0.0:7071, and restart letargo-manager."));
  }

  private void migrate(Call call) {
    MigrateVps migration = migration();
    VpsName name = new VpsName(call.path("name"));
    MigrateBody body = call.body(MigrateBody.class);
    MigrateVps.Wish wish =
        new MigrateVps.Wish(
            name,
            body.peer(),
            MigrationMode.parse(
                body.mode().orElse(DEFAULT_MODE),
                body.downtimeMillis()
                    .map(Duration::ofMillis)
                    .orElse(MigrationMode.DEFAULT_DOWNTIME)),
            body.keepSource().orElse(false),
            body.bytesPerSecond().map(DataSize::ofBytes));
    call.blocking(() -> call.accepted(migration.start(wish, call.by())));
  }

  private void takeBack(Call call) {
    MigrateVps migration = migration();
    VpsName name = new VpsName(call.path("name"));
    boolean force = call.body(TakeBackBody.class).force().orElse(false);
    call.blocking(() -> call.accepted(migration.takeBack(name, force, call.by())));
  }
}
