package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Programs;

/**
 * The hook dies, as by kill -9, at every named point of every change. When it is there again the
 * VPS is what the table says, its memory is whole, the operation has ended, and the next change
 * works; the fixture then looks for what is left over.
 */
class HookFaultsIT {
  private static final int DIED = 137;

  /** They take two hosts: {@link SendIT} and {@link PostcopyIT}. */
  private static final List<String> OF_TWO_HOSTS =
      List.of(
          "send.midway",
          "lend.before-dump",
          "lend.before-commit",
          "lend.after-commit",
          "lend.frozen");

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  private static int injected;
  private static int kept;

  @TempDir private Path scratch;

  @AfterAll
  static void report() {
    System.out.printf("faults injected into the hook: %d, lost: %d%n", injected, injected - kept);
  }

  @Test
  void knowsEveryPointOfTheHook() throws IOException {
    List<String> named = new ArrayList<>();
    Path sources =
        Programs.repository().resolve("runtime-hook/hook/src/main/java/org/letargo/hook/change");
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.toList()) {
        Matcher at = Pattern.compile("Faults\\.at\\(([^;]*)\\);").matcher(Files.readString(file));
        while (at.find()) {
          Matcher point = Pattern.compile("\"([^\"]+)\"").matcher(at.group(1));
          while (point.find()) {
            named.add(point.group(1));
          }
        }
      }
    }

    assertThat(Stream.concat(HookPoint.all().map(HookPoint::name), OF_TWO_HOSTS.stream()))
        .containsExactlyInAnyOrderElementsOf(named);
  }

  static Stream<HookPoint> points() {
    return HookPoint.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("points")
  void survives(HookPoint point) throws IOException {
    Instance instance = letargo.get();
    var patient = new HookPatient(instance, scratch);
    patient.prepare(point);
    patient.restartHook(point.fault());
    injected++;

    CompletableFuture<Operation> asked = CompletableFuture.supplyAsync(() -> patient.ask(point));
    assertThat(instance.hook().awaitEnd()).isEqualTo(DIED);
    patient.startHook("");
    Operation ended = instance.api().await(asked.join(), HookPatient.LONGEST_RECOVERY);

    assertThat(ended.state()).as(ended.json().toString()).isEqualTo(point.end());
    assertThat(patient.state()).isEqualTo(point.after());
    patient.expectNothingHalfDone();
    if (point.verb().equals("clone")) {
      assertThat(
              instance.api().get("/v1/vps/" + HookPatient.NAME + "/checkpoints").get("checkpoints"))
          .as("nobody asked for a checkpoint of the origin")
          .isEmpty();
    }
    patient.expectNextChangeWorks(point);
    kept++;
  }
}
