package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.integration.harness.ExecResult;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Vps;

/** What stands in the way of a checkpoint is named before anything is frozen; nothing else is. */
class PreflightIT {
  @RegisterExtension static final Fixture letargo = Fixture.instance();

  /**
   * @param lines what is found, FD for the descriptor that the payload made; several by {@code |}
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "packet-pipe, packet-pipe obstacle descriptor FD",
    "fsopen, kernel-object obstacle descriptor FD",
    "seccomp-notify, kernel-object obstacle descriptor FD",
    "foreign-pidfd, foreign-pidfd obstacle descriptor FD",
    "traced, traced obstacle",
    "mptcp, socket-protocol obstacle descriptor FD",
    "vsock, socket-family obstacle descriptor FD",
    "queued-credentials, queued-credentials obstacle descriptor FD",
    "pending-connection, pending-connection obstacle descriptor FD",
    "netlink-data, netlink-data obstacle descriptor FD",
    "netlink-groups, netlink-groups obstacle descriptor FD",
    "message-queue, message-queue mount /dev/mqueue",
    "open-queue, message-queue mount /dev/mqueue | message-queue obstacle descriptor FD",
    "uninterruptible, uninterruptible obstacle",
    "ramfs, unsupported-mount mount /mnt",
    "covered-file, covered-file obstacle descriptor FD",
    "hidden-file, covered-file obstacle descriptor FD",
    "outside-file, outside-file obstacle descriptor FD",
    "uts, nested-uts-namespace obstacle namespace uts",
    "user, nested-user-namespace obstacle namespace user",
    "cgroup, nested-cgroup-namespace obstacle namespace cgroup",
    "ipc, nested-ipc-namespace obstacle namespace ipc",
    "net, nested-net-namespace obstacle namespace net",
    "held-network, unsupported-mount mount /run/network",
    "socket-of-a-network, nested-net-namespace obstacle descriptor FD",
    "dead-first-thread, dead-first-thread obstacle",
    "scoped-connection, scoped-connection obstacle descriptor FD",
  })
  void refusesToSuspendWhatCannotBeSaved(String kind, String lines) {
    Vps vps = letargo.get().createAndStart("web1", "tiny");
    int descriptor = Obstacles.make(vps, kind);
    long initPid = vps.initPid();
    List<String> expected = expected(lines, descriptor);

    JsonNode found = vps.preflight();
    Failure refused = vps.fails("suspend");

    assertThat(Obstacles.lines(found, "blocks")).containsExactlyElementsOf(expected);
    assertThat(found.path("canSuspend").asBoolean()).isFalse();
    assertThat(refused.code()).isEqualTo("NOT_CHECKPOINTABLE");
    assertThat(refused.obstacles().stream().map(Obstacles::line))
        .containsExactlyElementsOf(expected);
    assertThat(refused.why()).startsWith(refused.obstacles().getFirst().path("message").asText());
    assertThat(refused.remedy()).endsWith("The VPS runs on.");
    assertThat(refused.log()).as("the engine was not asked").isEmpty();
    assertThat(vps.state()).isEqualTo("running");
    assertThat(vps.initPid()).isEqualTo(initPid);
    assertThat(vps.sh("pidof obstacle")).isNotEmpty();
    assertThat(vps.folder().resolve("log/suspend/dump.log")).doesNotExist();
  }

  /** Members of such a namespace are the children only, and their parent is in two ways. */
  @ParameterizedTest
  @ValueSource(strings = {"pid", "time"})
  void findsNamespacesOfChildren(String kind) {
    Vps vps = letargo.get().createAndStart("web1", "tiny");
    Obstacles.make(vps, kind);

    Failure refused = vps.fails("suspend");

    assertThat(refused.obstacles().stream().map(Obstacles::line))
        .contains("nested-" + kind + "-namespace obstacle namespace " + kind);
    assertThat(vps.state()).isEqualTo("running");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "deleted-file, handled, deleted-file obstacle descriptor FD",
    "unlinked-name, handled, unlinked-name obstacle descriptor FD",
    "file-lock, handled, file-lock obstacle descriptor FD",
    "inotify, handled, inotify obstacle descriptor FD",
    "tcp-connection, handled, tcp-connection obstacle descriptor FD",
    "aio, handled, aio obstacle mapping",
    "cpu-affinity, lost, cpu-affinity obstacle",
    "socket-option, lost, socket-option obstacle descriptor FD",
    "semaphore, lost, eventfd obstacle descriptor FD",
    "queued-datagrams, lost, queued-datagrams obstacle descriptor FD",
  })
  void tellsWhatIsHandledOrLostAndSuspendsAllTheSame(String kind, String severity, String line) {
    Vps vps = letargo.get().createAndStart("web1", "tiny");
    int descriptor = Obstacles.make(vps, kind);

    JsonNode found = vps.preflight();
    vps.suspend();

    assertThat(Obstacles.lines(found, "blocks")).isEmpty();
    String expected = line.replace("FD", String.valueOf(descriptor));
    assertThat(Obstacles.lines(found, severity)).anyMatch(seen -> seen.startsWith(expected));
    vps.resume();
    assertThat(vps.sh("pidof obstacle")).isNotEmpty();
  }

  @Test
  void findsNothingWrongWithAPidfdOfOwn() {
    Vps vps = letargo.get().createAndStart("web1", "tiny");
    Obstacles.make(vps, "own-pidfd");

    JsonNode found = vps.preflight();
    vps.suspend();
    vps.resume();

    assertThat(Obstacles.lines(found, "blocks")).isEmpty();
    assertThat(vps.sh("pidof obstacle")).isNotEmpty();
  }

  @Test
  void waitsForWhatPasses() {
    Vps vps = letargo.get().createAndStart("web1", "tiny");
    Obstacles.make(vps, "accepted-later");

    vps.suspend();

    assertThat(vps.state()).isEqualTo("suspended");
    vps.resume();
    assertThat(vps.sh("pidof obstacle")).isNotEmpty();
  }

  @Test
  void namesTheSessionThatTalksToAService() {
    Vps vps = letargo.get().createAndStart("web1", "tiny");
    vps.installPayload("obstacle");
    vps.daemon("obstacle", "obstacle unix-server");
    CompletableFuture<ExecResult> session =
        CompletableFuture.supplyAsync(() -> vps.exec("obstacle", "unix-client"));
    int descriptor = Obstacles.awaitReady(vps);

    Failure refused = vps.fails("suspend");

    assertThat(Obstacles.lines(vps.preflight(), "lost")).contains("exec-session obstacle");
    assertThat(refused.obstacles().stream().map(Obstacles::line))
        .containsExactly("unix-peer-outside obstacle descriptor " + descriptor);
    assertThat(refused.why()).contains("a session of exec, has it");
    vps.sh("kill $(pidof obstacle)");
    session.join();
    vps.suspend();
  }

  @Test
  void namesATerminalWhoseOtherEndIsOutside() {
    Vps vps = letargo.get().createAndStart("web1", "tiny");
    vps.installPayload("obstacle");
    CompletableFuture<ExecResult> session =
        CompletableFuture.supplyAsync(
            () -> vps.exec("sh", "-c", "obstacle terminal-outside > /run/obstacle.log"));
    Obstacles.awaitReady(vps);

    Failure refused = vps.fails("suspend");

    assertThat(refused.obstacles().getFirst().path("code").asText()).isEqualTo("terminal-outside");
    vps.sh("kill $(pidof obstacle)");
    session.join();
    vps.suspend();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "debian-12"})
  void findsNothingInACleanVps(String template) {
    Vps vps = letargo.get().createAndStart("web1", template);
    if (template.equals("debian-12")) {
      vps.awaitSystemd();
    }

    JsonNode found = vps.preflight();
    HostCommand.Result said = letargo.get().cli().run("preflight", "web1");
    vps.suspend();
    vps.resume();
    JsonNode again = vps.preflight();

    assertThat(Obstacles.lines(found, "blocks")).isEmpty();
    assertThat(found.path("canSuspend").asBoolean()).isTrue();
    assertThat(said.status()).as(said.errors()).isZero();
    assertThat(Obstacles.lines(again, "blocks")).isEmpty();
    // not as many as before: services that ran for moments after the boot have ended
    assertThat(again.path("processes").asInt()).isGreaterThan(1);
  }

  /** Its processes stand in the freezer, which looks like a sleep that no signal ends. */
  @Test
  void nothingBlocksAPausedVps() {
    Vps vps = letargo.get().createAndStart("web1", "tiny");
    vps.act("pause");

    assertThat(Obstacles.lines(vps.preflight(), "blocks")).isEmpty();
    vps.suspend();
  }

  @Test
  void leavesAPausedVpsPausedWhenItRefuses() {
    Vps vps = letargo.get().createAndStart("web1", "tiny");
    Obstacles.make(vps, "packet-pipe");
    vps.act("pause");

    Failure refused = vps.fails("suspend");

    assertThat(refused.obstacles().getFirst().path("code").asText()).isEqualTo("packet-pipe");
    assertThat(vps.state()).isEqualTo("paused");
  }

  private static List<String> expected(String lines, int descriptor) {
    return List.of(lines.split(" \\| ")).stream()
        .map(line -> line.replace("FD", String.valueOf(descriptor)))
        .toList();
  }
}
