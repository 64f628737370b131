package org.letargo.integration.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.letargo.integration.Obstacles;
import org.letargo.integration.harness.CountingClient;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Vps;

/**
 * A checkpoint after which the VPS runs on changes nothing but time: not the host, not its
 * processes. One that is refused at its last moment is such a checkpoint: frozen, saved and let go.
 * What programs themselves notice stands in docs/conformance.md, in the column of that scenario.
 */
class DoesNotDisturbIT {
  private static final String REFUSING = "fail:suspend.before-commit";
  private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(60);
  private static final String DAEMONS =
      "for i in 1 2 3; do setsid sleep 9999 </dev/null >/run/$i 2>&1 & done";

  @RegisterExtension
  static final Fixture letargo = Fixture.instance(Instance.Options.DEFAULT.withFault(REFUSING));

  @Test
  void leavesTheHostAsItWas() throws Exception {
    Instance instance = letargo.get();
    Vps web = instance.createAndStart("web1", "debian-12");
    web.awaitSystemd();
    try (CountingClient client = new CountingClient(web)) {
      client.expectToGoOn();
      Map<String, String> before = HostState.ofHost(instance, web);
      assertThat(before).hasSizeGreaterThan(50);

      refuseSuspend(web);

      assertThat(HostState.differences(before, HostState.ofHost(instance, web))).isEmpty();
      client.expectToGoOn();
      client.finish();
    }
  }

  /** What becomes of a checkpoint after which the VPS runs on. */
  private enum End {
    REFUSED,
    TAKEN,
    THE_HOOK_DIES
  }

  @ParameterizedTest
  @EnumSource
  void leavesProcessesTheirIdsDescriptorsRightsAndMounts(End end) throws Exception {
    Instance instance = letargo.get();
    Vps vps = instance.createAndStart("tiny1", "tiny");
    vps.sh(DAEMONS);
    vps.daemon("files", "sh -c 'exec 5>/run/five 6</etc/hosts 7<>/root/seven; exec sleep 9999'");
    Obstacles.make(vps, "terminal");
    Awaitility.await("four sleepers")
        .until(() -> vps.exec("pidof", "sleep").text().strip().split(" ").length == 4);
    List<Long> processes = processes(instance, vps);
    Map<String, String> before = HostState.ofProcesses(processes);
    assertThat(processes).hasSizeGreaterThan(7);
    assertThat(before.values()).anyMatch(target -> target.endsWith("/ptmx"));

    switch (end) {
      case REFUSED -> refuseSuspend(vps);
      case TAKEN -> vps.checkpoint();
      case THE_HOOK_DIES -> suspendUntilTheHookDies(instance, vps);
    }

    assertThat(processes(instance, vps)).isEqualTo(processes);
    assertThat(HostState.differences(before, HostState.ofProcesses(processes))).isEmpty();
  }

  /** Where nothing is refused: what the engine changed of the host is put back after it. */
  @Test
  void suspendAndResumeLeaveTheHostAsItWas() throws Exception {
    Instance instance = letargo.get();
    instance.hook().stop();
    instance.startHook("");
    try {
      Vps vps = instance.createAndStart("tiny2", "tiny");
      vps.suspend();
      vps.resume(); // what it changes for good it has changed now
      Map<String, String> before = HostState.ofHost(instance, vps);

      vps.suspend();
      vps.resume();

      assertThat(HostState.differences(before, HostState.ofHost(instance, vps))).isEmpty();
    } finally {
      instance.hook().stop();
      instance.startHook(REFUSING);
    }
  }

  private static void refuseSuspend(Vps vps) {
    Failure failure = vps.fails("suspend");

    assertThat(failure.why()).contains("armed fault at suspend.before-commit");
    assertThat(vps.state()).isEqualTo("running");
  }

  private static void suspendUntilTheHookDies(Instance instance, Vps vps) {
    instance.hook().stop();
    instance.startHook("suspend.before-commit");
    Operation asked = instance.api().begin("POST", "/v1/vps/" + vps.name() + "/suspend");
    instance.hook().awaitEnd();
    instance.startHook(REFUSING);

    Operation ended = instance.api().await(asked, LONGEST_RECOVERY);

    assertThat(ended.state()).isEqualTo("failed");
    assertThat(vps.state()).isEqualTo("running");
  }

  private static List<Long> processes(Instance instance, Vps vps) throws Exception {
    Path group =
        Stream.of("pids", "systemd", "")
            .map(hierarchy -> Path.of("/sys/fs/cgroup", hierarchy, instance.name(), vps.name()))
            .filter(Files::isDirectory)
            .findFirst()
            .orElseThrow();
    try (Stream<Path> files = Files.walk(group)) {
      return files
          .filter(path -> path.endsWith("cgroup.procs"))
          .flatMap(DoesNotDisturbIT::numbers)
          .sorted()
          .toList();
    }
  }

  private static Stream<Long> numbers(Path file) {
    try {
      return Files.readAllLines(file).stream().map(Long::valueOf);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
