package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Vps;

/** Runtime or engine die, as by kill -9, at any moment of a dump. */
class EngineKilledIT {
  private static final int ROUNDS = 10;
  private static final int HEART_MEBIBYTES = 48;
  private static final Duration LONGEST = Duration.ofSeconds(20);

  /** Image files that a dump of this VPS writes, about. */
  private static final int IMAGE_FILES = 45;

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  /** What happened in one round. */
  private record Round(String moment, boolean killed, boolean succeeded) {}

  /** The engine notices and undoes what it did: nothing is lost, ever. */
  @Test
  void losesNothingWhenTheRuntimeIsKilled() {
    Vps vps = letargo.get().createAndStart("patient", "tiny");
    Heart heart = Heart.start(vps, HEART_MEBIBYTES);
    int survived = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Round round = round(vps, "/runc");

      if (round.succeeded()) {
        assertThat(vps.state()).as(round.moment()).isEqualTo("suspended");
        vps.resume();
      } else {
        expectRunning(vps, round);
        survived++;
      }
      heart.expectAlive();
    }
    System.out.printf("runtimes killed in the middle of a dump: %d of %d%n", survived, ROUNDS);
    assertThat(survived).isPositive();
    vps.suspend();
    vps.resume();
    heart.expectAlive();
  }

  /**
   * Nobody undoes what it did. A process that it was just being put into dies, and PID 1 with its
   * VPS; but the VPS does not stay frozen, and Letargo knows what it is.
   */
  @Test
  void leavesNothingFrozenWhenTheEngineIsKilled() {
    int ended = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Vps vps = letargo.get().createAndStart("patient", "tiny");
      Heart heart = Heart.start(vps, HEART_MEBIBYTES);
      Round round = round(vps, "/criu");

      if (round.succeeded()) {
        vps.resume();
        heart.expectAlive();
      } else {
        Awaitility.await(round.moment())
            .atMost(LONGEST)
            .until(() -> vps.state().equals("stopped") || vps.exec("true").status() == 0);
        if (vps.state().equals("running")) {
          expectRunning(vps, round);
          vps.sh("echo of use");
          vps.suspend();
          vps.resume();
        } else {
          ended++;
          vps.start();
        }
      }
      vps.destroy();
    }
    System.out.printf("engines killed: %d, VPSes that ended of it: %d%n", ROUNDS, ended);
  }

  private static void expectRunning(Vps vps, Round round) {
    assertThat(round.killed()).as(round.moment()).isTrue();
    assertThat(vps.state()).as(round.moment()).isEqualTo("running");
    assertThat(tables(vps)).as(round.moment()).doesNotContain("CRIU");
  }

  private Round round(Vps vps, String program) {
    int files = random.nextInt(IMAGE_FILES);
    Operation suspend = letargo.get().api().begin("POST", "/v1/vps/patient/suspend");
    boolean killed = killAt(vps, program, files, suspend);
    Operation ended = letargo.get().api().await(suspend);
    return new Round(
        "at %d image files, seed %d: %s".formatted(files, seed, ended.json()),
        killed,
        ended.state().equals("succeeded"));
  }

  /** Whether there was one to kill. */
  private static boolean killAt(Vps vps, String program, int files, Operation suspend) {
    while (letargo.get().api().operation(suspend.id()).isRunning()) {
      Optional<ProcessHandle> found = find(program);
      if (found.isPresent() && imageFiles(vps) >= files) {
        return found.get().destroyForcibly();
      }
    }
    return false;
  }

  /** A program that works for this instance while its engine is there. */
  private static Optional<ProcessHandle> find(String program) {
    List<ProcessHandle> all =
        ProcessHandle.of(letargo.get().hook().pid()).stream()
            .flatMap(ProcessHandle::descendants)
            .toList();
    return all.stream().noneMatch(process -> runs(process, "/criu"))
        ? Optional.empty()
        : all.stream().filter(process -> runs(process, program)).findFirst();
  }

  private static boolean runs(ProcessHandle process, String program) {
    return process.info().command().filter(command -> command.endsWith(program)).isPresent();
  }

  private static long imageFiles(Vps vps) {
    try (Stream<Path> found = Files.walk(vps.folder().resolve("images"))) {
      return found.filter(path -> path.toString().endsWith(".img")).count();
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0; // it is being removed
    }
  }

  private static String tables(Vps vps) {
    return HostCommand.run(
        "nsenter", "-t", String.valueOf(vps.initPid()), "-n", "nft", "list", "tables");
  }
}
