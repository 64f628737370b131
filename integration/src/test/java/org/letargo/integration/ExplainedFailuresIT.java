package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Vps;

/**
 * Without a preflight the engine fails at the same things, and its log is explained as the same
 * obstacles: what a preflight refuses is no false alarm, and what it cannot see is explained.
 */
class ExplainedFailuresIT {
  @RegisterExtension
  static final Fixture letargo =
      Fixture.instance(Instance.Options.DEFAULT.withFault("without:preflight"));

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "packet-pipe, packet-pipe obstacle",
    "fsopen, kernel-object obstacle descriptor FD",
    "seccomp-notify, kernel-object obstacle descriptor FD",
    "foreign-pidfd, foreign-pidfd obstacle",
    "traced, traced obstacle",
    "mptcp, socket-protocol",
    "vsock, socket-family",
    "pending-connection, pending-connection",
    "netlink-data, netlink-data",
    "netlink-groups, netlink-groups",
    "message-queue, message-queue",
    "open-queue, outside-file obstacle descriptor FD",
    "uninterruptible, cannot-freeze",
    "ramfs, unsupported-mount mount /mnt",
    "covered-file, covered-file obstacle descriptor FD",
    "hidden-file, covered-file",
    "outside-file, outside-file obstacle descriptor FD",
    "uts, nested-uts-namespace obstacle",
    "user, nested-user-namespace",
    "cgroup, nested-cgroup-namespace",
    "ipc, nested-ipc-namespace obstacle",
    "net, nested-net-namespace",
    "held-network, unsupported-mount",
    "socket-of-a-network, nested-net-namespace",
    "dead-first-thread, dead-first-thread",
    "pid, nested-pid-namespace obstacle",
    "time, nested-time-namespace obstacle",
    "corked-datagram, corked-datagram",
    "queued-credentials, queued-credentials",
  })
  void mapsTheEnginesLogToTheObstacle(String kind, String line) {
    Vps vps = letargo.get().createAndStart("web1", "tiny");
    int descriptor = Obstacles.make(vps, kind);

    Failure failed = vps.fails("suspend");

    assertThat(failed.code()).isEqualTo("NOT_CHECKPOINTABLE");
    assertThat(Obstacles.line(failed.obstacles().getFirst()))
        .startsWith(line.replace("FD", String.valueOf(descriptor)));
    assertThat(failed.log()).isNotEmpty();
    assertThat(vps.state()).isEqualTo("running");
    assertThat(vps.sh("pidof obstacle")).isNotEmpty();
  }

  @Test
  void keepsTheLogWithTheOperation() {
    Vps vps = letargo.get().createAndStart("web1", "tiny");
    Obstacles.make(vps, "packet-pipe");
    vps.fails("suspend");
    String id = letargo.get().api().get("/v1/operations?limit=1").at("/operations/0/id").asText();

    HostCommand.Result brief = letargo.get().cli().run("ops", "show", id);
    HostCommand.Result full = letargo.get().cli().run("ops", "show", id, "--log");

    String line = "The packetized mode for pipes is not supported yet";
    assertThat(full.status()).as(full.errors()).isEqualTo(16);
    assertThat(full.output().lines().filter(each -> each.startsWith("error log:")))
        .anyMatch(each -> each.contains(line));
    assertThat(brief.output().lines()).noneMatch(each -> each.startsWith("error log:"));
    assertThat(brief.output()).contains("error obstacles:").contains(line);
  }

  @Test
  void explainsAResumptionThatFails() throws IOException {
    Vps vps = letargo.get().createAndStart("web1", "tiny");
    Obstacles.make(vps, "file-lock");
    vps.suspend();
    Path open = vps.folder().resolve("disk/upper/root/locked");
    Files.writeString(open, "more than there was");

    Failure failed = vps.fails("resume");

    assertThat(failed.code()).isEqualTo("RESUME_FAILED");
    assertThat(failed.obstacles().getFirst().path("code").asText()).isEqualTo("changed-file");
    assertThat(failed.obstacles().getFirst().at("/resource/name").asText()).endsWith("root/locked");
    assertThat(failed.log()).anyMatch(line -> line.contains("bad size"));
    assertThat(failed.remedy()).endsWith("It stays suspended, its checkpoint is kept.");
    assertThat(vps.state()).isEqualTo("suspended");

    Files.writeString(open, "");
    vps.resume();
    assertThat(vps.sh("pidof obstacle")).isNotEmpty();
  }
}
