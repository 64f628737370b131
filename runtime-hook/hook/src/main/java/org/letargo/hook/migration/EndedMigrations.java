package org.letargo.hook.migration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.MigrationId;

/**
 * How the migrations to this host have ended, each in a file of its own ({@code
 * STATE/migrations/ID.json}). To write one that is owned is the moment in which a VPS becomes this
 * host's. Those stay until the source has said that it knows, also when the VPS has gone since: a
 * source that heard "unknown" would take it back, and there would be two. One that was given back
 * says no more than that it is unknown, but for the reason; of those the newest are kept.
 */
final class EndedMigrations {
  private static final int GIVEN_BACK_KEPT = 100;

  private final Path folder;

  EndedMigrations(Path stateDir) {
    this.folder = DurableFiles.folder(stateDir.resolve("migrations"), "rwx------");
  }

  Optional<EndedMigration> find(MigrationId id) {
    return DurableFiles.readJson(file(id), EndedMigration.class);
  }

  boolean isOwned(MigrationId id) {
    return find(id).filter(EndedMigration::isOwned).isPresent();
  }

  /** Durable when it returns. */
  void put(EndedMigration ended) {
    DurableFiles.writeJson(file(ended.id()), ended);
    if (!ended.isOwned()) {
      prune();
    }
  }

  void forget(MigrationId id) {
    DurableFiles.delete(file(id));
  }

  private void prune() {
    try (Stream<Path> files = Files.list(folder)) {
      List<EndedMigration> givenBack =
          files
              .filter(file -> file.toString().endsWith(".json"))
              .flatMap(file -> DurableFiles.readJson(file, EndedMigration.class).stream())
              .filter(ended -> !ended.isOwned())
              .sorted(Comparator.comparing(EndedMigration::at).reversed())
              .toList();
      givenBack.stream().skip(GIVEN_BACK_KEPT).forEach(old -> forget(old.id()));
    } catch (IOException e) {
      throw DurableFiles.failed("cannot prune " + folder, e);
    }
  }

  private Path file(MigrationId id) {
    return folder.resolve(id.value() + ".json");
  }
}
