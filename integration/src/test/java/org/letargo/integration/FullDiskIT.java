package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.integration.harness.Api;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.SmallDisk;
import org.letargo.integration.harness.Vps;

/**
 * The disk that holds all state is full, or runs full: nothing is lost, nothing half-written stays,
 * and what failed works when there is space again.
 */
class FullDiskIT {
  private static final int DISK_MEBIBYTES = 192;
  private static final int EXIT_NO_SPACE = 46;
  private static final Duration LONGEST_DUMP = Duration.ofSeconds(30);

  private static SmallDisk disk;
  private static Instance instance;

  @TempDir private Path scratch;

  @BeforeAll
  static void start() {
    disk = SmallDisk.create(DISK_MEBIBYTES);
    instance = Instance.start(Instance.Options.DEFAULT.withState(disk.path().resolve("state")));
  }

  @AfterEach
  void destroyAll() {
    disk.makeSpace();
    instance.destroyAll();
    instance.sweepVpses();
  }

  @AfterAll
  static void stop() {
    try {
      if (instance != null) {
        instance.close();
      }
    } finally {
      if (disk != null) {
        disk.close();
      }
    }
  }

  @Test
  void refusesToSuspendWhatDoesNotFit() throws IOException {
    Vps vps = instance.createAndStart("large", "tiny");
    Heart heart = Heart.start(vps, DISK_MEBIBYTES + 10);

    Failure failure = vps.fails("suspend");

    assertThat(failure.code()).isEqualTo("NO_SPACE");
    assertThat(failure.message())
        .matches(
            "cannot suspend VPS 'large': its \\d+ MiB of memory are predicted to need \\d+ MiB in"
                + " the store, and there is room for \\d+ MiB\\. Free space on its disk, forget"
                + " checkpoints, or raise hook\\.store\\.budget; then try again\\. The VPS runs"
                + " on\\.");
    assertThat(vps.folder().resolve("log/suspend")).as("the engine's log").doesNotExist();
    expectRunsOn(vps, heart);
  }

  @Test
  void keepsAVpsWhoseMemoryFillsTheDiskMidway() throws IOException {
    Vps vps = instance.createAndStart("filling", "tiny");
    Heart heart = Heart.start(vps, 60); // a resume writes it once more

    Operation suspend = instance.api().begin("POST", "/v1/vps/filling/suspend");
    Awaitility.await("the engine writes memory")
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(LONGEST_DUMP)
        .until(() -> writesMemory(vps));
    disk.fill(0);
    Failure failure = instance.api().await(suspend).expectFailed();

    expectNoSpace(failure, "filling");
    expectRunsOn(vps, heart);
    disk.makeSpace();
    expectGoesThroughSuspend(vps, heart);
  }

  @Test
  void keepsAVpsWhoseDiskChangesDoNotFit() throws IOException {
    Vps vps = instance.createAndStart("writer", "tiny");
    Heart heart = Heart.start(vps, 4);
    vps.sh("dd if=/dev/urandom of=/root/data bs=1M count=100 && sync");

    Failure failure = vps.fails("suspend");

    expectNoSpace(failure, "writer");
    expectRunsOn(vps, heart);
    vps.sh("rm /root/data");
    expectGoesThroughSuspend(vps, heart);
  }

  @Test
  void countsNoCopiesOfFilesAsMemory() {
    Vps vps = instance.createAndStart("cached", "tiny");
    Heart heart = Heart.start(vps, 4);
    vps.sh("dd if=/dev/urandom of=/root/data bs=1M count=60 && sync");
    disk.fill(
        104 << 20); // for memory, disk changes and what is kept free, and not for what is cached
    // too

    expectGoesThroughSuspend(vps, heart);
  }

  @Test
  void removesAnArchiveThatDoesNotFit() throws IOException {
    Vps vps = instance.createAndStart("exported", "tiny");
    Heart heart = Heart.start(vps, 32);
    vps.suspend();
    try (SmallDisk target = SmallDisk.create(16)) {
      Path file = target.path().resolve("exported.letargo");

      HostCommand.Result result = instance.cli().run("export", "exported", file.toString());

      assertThat(result.errors()).contains("letargo: ").contains("No space left on device");
      assertThat(result.status()).as(result.errors()).isEqualTo(EXIT_NO_SPACE);
      try (Stream<Path> left = Files.list(target.path())) {
        assertThat(left.map(Path::getFileName).map(Path::toString)).containsOnly("lost+found");
      }
    }
    String whole = scratch.resolve("whole.letargo").toString();
    Awaitility.await("the export that broke off has ended")
        .atMost(LONGEST_DUMP)
        .until(() -> instance.cli().run("export", "exported", whole).status() == 0);
    assertThat(scratch.resolve("whole.letargo")).isNotEmptyFile();
    vps.resume();
    heart.expectAlive();
  }

  @Test
  void refusesAnArchiveThatDoesNotFit() throws IOException {
    Vps vps = instance.createAndStart("mover", "tiny");
    Heart heart = Heart.start(vps, 32);
    vps.suspend();
    Path archive = scratch.resolve("mover.letargo");
    vps.exportTo(archive);
    vps.destroy();
    disk.fill(20 << 20);

    HttpResponse<String> answer = instance.api().upload("/v1/archives", archive);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(507);
    assertThat(Api.parse(answer).at("/error/code").asText()).isEqualTo("NO_SPACE");
    assertThat(Api.parse(answer).at("/error/message").asText()).contains("does not fit");
    instance.sweepVpses();
    disk.makeSpace();
    instance.api().importFrom(archive);
    vps.resume();
    heart.expectAlive();
  }

  @Test
  void makesNoHalfVpsOnAFullDisk() {
    disk.fill(0);

    Failure failure =
        instance
            .api()
            .fails("POST", "/v1/vps", java.util.Map.of("name", "late", "template", "tiny"));

    assertThat(failure.code()).as(failure.message()).isEqualTo("NO_SPACE");
    assertThat(instance.api().vpsNames()).isEmpty();
    instance.sweepVpses();
    disk.makeSpace();
    instance.createAndStart("late", "tiny");
  }

  /** The engine has begun: it freezes the VPS and sends what it has. */
  private static boolean writesMemory(Vps vps) {
    return Files.exists(vps.folder().resolve("images/inventory.img"))
        || Files.exists(vps.folder().resolve("log/suspend/dump.log"));
  }

  private static void expectNoSpace(Failure failure, String vps) {
    assertThat(failure.code()).as(failure.message()).isEqualTo("NO_SPACE");
    assertThat(failure.message())
        .startsWith("cannot suspend VPS '" + vps + "': ")
        .containsIgnoringCase("no space left")
        .endsWith("Free space on that disk, then try again. The VPS runs on.");
  }

  private static void expectRunsOn(Vps vps, Heart heart) throws IOException {
    assertThat(vps.state()).isEqualTo("running");
    heart.expectAlive();
    assertThat(vps.folder().resolve("timeline.json")).doesNotExist();
    assertThat(vps.folder().resolve("images")).doesNotExist();
    assertThat(vps.folder().resolve("journal.json")).doesNotExist();
  }

  private static void expectGoesThroughSuspend(Vps vps, Heart heart) {
    vps.suspend();
    vps.resume();
    heart.expectAlive();
  }
}
