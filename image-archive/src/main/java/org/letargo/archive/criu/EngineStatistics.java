package org.letargo.archive.criu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What CRIU measured of a dump, in the file {@code stats-dump} of its work folder: {dump 1
 * {freezing_time 1, frozen_time 2, memdump_time 3, memwrite_time 4}}, all in microseconds; see
 * images/stats.proto.
 */
public final class EngineStatistics {
  private static final String FILE = "stats-dump";
  private static final int DUMP = 1;
  private static final int FREEZING_TIME = 1;
  private static final int FROZEN_TIME = 2;

  private EngineStatistics() {}

  /**
   * How long the tasks stood still in the dump whose log is in this folder; zero if CRIU has left
   * no statistics.
   *
   * @throws org.letargo.archive.ArchiveException CORRUPT if the file is not one
   */
  public static Duration frozen(Path work) throws IOException {
    if (!Files.exists(work.resolve(FILE))) {
      return Duration.ZERO;
    }
    try (var image = ImageFile.open(work.resolve(FILE), ImageFile.Kind.STATISTICS)) {
      ProtoMessage dump = image.require().message(DUMP);
      long micros = dump.number(FREEZING_TIME).orElse(0) + dump.number(FROZEN_TIME).orElse(0);
      return Duration.of(micros, ChronoUnit.MICROS);
    }
  }
}
