package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.letargo.integration.harness.CountingClient;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Vps;

/** When a checkpoint cannot be made durable, the VPS must not die for it. */
class VetoedCommitIT {
  @RegisterExtension
  static final Fixture letargo =
      Fixture.instance(Instance.Options.DEFAULT.withFault("fail:suspend.before-commit"));

  @Test
  void leavesTheVpsRunningAndItsConnectionsAlive() throws Exception {
    Instance instance = letargo.get();
    Vps web = instance.createAndStart("web1", "debian-12");
    web.awaitSystemd();
    try (CountingClient client = new CountingClient(web)) {
      client.expectToGoOn();
      long initPid = web.initPid();

      Failure failure = web.fails("suspend");

      client.expectToGoOn();
      assertThat(failure.what()).isEqualTo("cannot suspend VPS 'web1'");
      assertThat(failure.why()).contains("armed fault at suspend.before-commit");
      assertThat(failure.remedy()).endsWith("The VPS runs on.");
      assertThat(web.state()).isEqualTo("running");
      assertThat(web.initPid()).isEqualTo(initPid);
      assertThat(web.sh("systemctl is-system-running")).isEqualTo("running");
      expectNoCheckpoint(web);
      expectNothingLocked(initPid);

      instance.hook().stop();
      instance.startHook("");
      web.suspend();
      web.resume();

      client.expectToGoOn();
      client.finish();
    }
  }

  @Test
  void leavesAPausedVpsPaused() throws Exception {
    Instance instance = letargo.get();
    instance.hook().stop();
    instance.startHook("fail:suspend.before-commit");
    Vps tiny = instance.createAndStart("tiny1", "tiny");
    Heart heart = Heart.start(tiny, 4);
    tiny.act("pause");

    Failure failure = tiny.fails("suspend");

    assertThat(failure.remedy()).endsWith("The VPS is paused.");
    assertThat(tiny.state()).isEqualTo("paused");
    assertThat(
            HostCommand.run(
                "runc", "--root", instance.run().resolve("runc").toString(), "state", tiny.name()))
        .contains("\"status\": \"paused\"");
    expectNoCheckpoint(tiny);
    tiny.act("unpause");
    heart.expectAlive();
    tiny.destroy();
  }

  private static void expectNoCheckpoint(Vps web) throws IOException {
    assertThat(web.folder().resolve("timeline.json")).doesNotExist();
    assertThat(web.folder().resolve("images")).doesNotExist();
    try (Stream<Path> left = Files.list(letargo.get().state().resolve("store/checkpoints"))) {
      assertThat(left).isEmpty();
    }
  }

  /** The engine locks the VPS's network while it saves, by a table in the VPS's own namespace. */
  private static void expectNothingLocked(long initPid) {
    String tables =
        HostCommand.run("nsenter", "-t", String.valueOf(initPid), "-n", "nft", "list", "tables");
    assertThat(tables).doesNotContain("CRIU");
  }
}
