package org.letargo.integration.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.TempFolder;
import org.letargo.integration.harness.Vps;

/** What a VPS goes through between what its programs prepare and what they find. */
enum Scenario {
  SUSPEND_RESUME("suspend, resume") {
    @Override
    Vps run(Stage stage, Vps vps) {
      vps.suspend();
      vps.resume();
      return vps;
    }
  },
  THREE_GENERATIONS("three times") {
    @Override
    Vps run(Stage stage, Vps vps) {
      for (int generation = 0; generation < 3; generation++) {
        vps.suspend();
        vps.resume();
      }
      return vps;
    }
  },
  ANOTHER_HOST("on another host") {
    @Override
    Vps run(Stage stage, Vps vps) {
      vps.suspend();
      Path folder = archiveFolder();
      try {
        Path archive = folder.resolve("vps.letargo");
        vps.exportTo(archive);
        vps.destroy();
        stage.another().api().importFrom(archive);
      } finally {
        TempFolder.delete(folder);
      }
      Vps moved = stage.another().vps(vps.name());
      moved.resume();
      return moved;
    }
  },
  /** Everything is frozen and saved, and let go. */
  CHECKPOINT("checkpoint, runs on") {
    @Override
    Vps run(Stage stage, Vps vps) {
      vps.checkpoint();
      return vps;
    }
  },
  /** Everything is frozen and saved, then the checkpoint is refused: the VPS runs on. */
  REFUSED_AT_THE_LAST_MOMENT("refused, runs on") {
    @Override
    Instance begins(Stage stage) {
      return stage.refusing();
    }

    @Override
    Vps run(Stage stage, Vps vps) {
      Failure failure = vps.fails("suspend");
      if (!failure.why().contains("armed fault")) {
        throw new AssertionError(failure.toString());
      }
      return vps;
    }
  };

  private final String title;

  Scenario(String title) {
    this.title = title;
  }

  private static Path archiveFolder() {
    try {
      return TempFolder.create("lt-archive-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The head of its column. */
  String title() {
    return title;
  }

  /** Where the VPS is created. */
  Instance begins(Stage stage) {
    return stage.here();
  }

  /**
   * Takes the VPS through it.
   *
   * @return where it runs afterwards
   * @throws AssertionError if something failed that must not
   */
  abstract Vps run(Stage stage, Vps vps);
}
