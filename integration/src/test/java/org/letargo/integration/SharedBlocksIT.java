package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.SmallDisk;
import org.letargo.integration.harness.Vps;

/**
 * On file systems whose files can share blocks, large files are read when the VPS has gone on, and
 * writes to them: what is read is of the instant of the memory all the same.
 */
class SharedBlocksIT {
  private static final int DISK_MEBIBYTES = 1024;
  private static final int CHECKPOINTS = 6;
  private static final String CHECKS = "/root/load/checks";

  @ParameterizedTest
  @ValueSource(strings = {"btrfs", "xfs"})
  void memoryAndDiskAreOfOneInstantUnderWriteLoad(String type) {
    try (SmallDisk disk = SmallDisk.create(DISK_MEBIBYTES, type);
        Instance instance =
            Instance.start(Instance.Options.DEFAULT.withState(disk.path().resolve("state")))) {
      assertThat(instance.api().get("/v1/host").at("/features").toString()).contains("reflink");
      Vps vps = instance.createAndStart("disk", "tiny");
      vps.daemon("counter", vps.installPayload("counter") + " /root/load");
      check(vps, 1);

      List<String> ids = new ArrayList<>();
      for (int i = 0; i < CHECKPOINTS; i++) {
        vps.checkpoint();
      }
      check(vps, 2);
      vps.suspend();
      vps.resume();
      check(vps, 3);
      instance
          .api()
          .get("/v1/vps/disk/checkpoints")
          .at("/checkpoints")
          .forEach(entry -> {
            if (entry.path("kind").asText().equals("manual")) {
              ids.add(entry.path("id").asText());
            }
          });
      assertThat(ids).hasSize(CHECKPOINTS);
      Collections.shuffle(ids, new Random(1));

      for (String id : ids) {
        instance.api().run("POST", "/v1/vps/disk/rewind", Map.of("checkpoint", id));
        check(vps, 2); // there was one before all of them
      }
      assertThat(disk.path().resolve("state/vps/disk/disk.held")).doesNotExist();
      instance.destroyAll();
      instance.sweepVpses();
    }
  }

  /**
   * Lets the payload compare what it knows with what is on the disk.
   *
   * @param number how many checks there are with this one
   */
  private static void check(Vps vps, int number) {
    vps.sh("kill -USR1 $(pidof counter)");
    Awaitility.await("check " + number)
        .pollInterval(Duration.ofMillis(50))
        .atMost(Duration.ofSeconds(20))
        .until(() -> vps.sh("cat " + CHECKS).lines().count() == number);

    assertThat(vps.sh("tail -n 1 " + CHECKS)).as("check " + number).startsWith("OK ");
  }
}
