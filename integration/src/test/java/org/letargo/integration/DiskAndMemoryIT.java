package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Vps;

/**
 * The disk of a checkpoint is the one that its memory knows, to the last write. A payload keeps the
 * same things in memory and on disk while it writes as fast as it can; after each resume every
 * record and block must be there, none older and none newer.
 */
class DiskAndMemoryIT {
  private static final int TRIES = 20;
  private static final String CHECKS = "/root/load/checks";

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  /** A resume on the same host takes the disk as it lies there: the odd tries are of that kind. */
  @Test
  void areOfTheSameInstantInTwentyTriesUnderWriteLoad(@TempDir Path folder) {
    Instance instance = letargo.get();
    Vps vps = instance.createAndStart("disk", "tiny");
    vps.daemon("counter", vps.installPayload("counter") + " /root/load");
    long counted = check(vps, 1);
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      vps.suspend();
      if (attempt % 2 == 0) {
        carryAway(instance, vps, folder.resolve("disk.letargo"));
      }
      vps.resume();

      long after = check(vps, attempt + 1);
      assertThat(after).as("steps after try " + attempt).isGreaterThan(counted);
      counted = after;
    }
  }

  /** Nothing but the archive is left of it; it is unpacked anew. */
  private static void carryAway(Instance instance, Vps vps, Path archive) {
    vps.exportTo(archive);
    vps.destroy();
    instance.api().importFrom(archive);
  }

  /**
   * Lets the payload compare.
   *
   * @param number how many checks there are with this one
   * @return how many steps it has counted
   */
  private static long check(Vps vps, int number) {
    vps.sh("kill -USR1 $(pidof counter)");
    Awaitility.await("check " + number)
        .pollInterval(Duration.ofMillis(50))
        .atMost(Duration.ofSeconds(20))
        .until(() -> vps.sh("cat " + CHECKS).lines().count() == number);

    String outcome = vps.sh("tail -n 1 " + CHECKS);

    assertThat(outcome).as("check " + number).startsWith("OK ");
    return Long.parseLong(outcome.substring(3));
  }
}
