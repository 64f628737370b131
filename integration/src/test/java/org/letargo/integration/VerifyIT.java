package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.integration.harness.CountingClient;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Vps;

/**
 * A checkpoint that is verified can be restored, one that cannot is found out, and the VPS that it
 * is of notices nothing. The fixture looks for what trials have left over.
 */
class VerifyIT {
  private static final Duration LONGEST_NOTICE = Duration.ofSeconds(20);

  /** What every process of a tiny VPS runs. */
  private static final byte[] WITHOUT_BUSYBOX = "[\"/bin/busybox\"]".getBytes();

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @ParameterizedTest
  @ValueSource(strings = {"restore", "run"})
  void theVpsNoticesNothing(String depth) throws Exception {
    Vps web = letargo.get().createAndStart("web1", "debian-12");
    web.awaitSystemd();
    web.sh("mkdir /root/watched");
    web.daemon("watch", web.installPayload("watch") + " /root/watched");
    try (CountingClient client = new CountingClient(web)) {
      client.expectToGoOn();
      String checkpoint = checkpoint(web, Map.of());
      List<String> devices = devices();
      long initPid = web.initPid();

      verify(web, checkpoint, depth);

      client.expectToGoOn();
      client.finish();
      assertThat(verification(web).path("result").asText()).isEqualTo("verified");
      assertThat(verification(web).path("depth").asText()).isEqualTo(depth);
      assertThat(web.initPid()).isEqualTo(initPid);
      assertThat(devices()).isEqualTo(devices);
      assertThat(web.sh("systemctl is-system-running")).isEqualTo("running");
    }
    web.sh("echo x >/root/watched/seen");
    Awaitility.await("inotify's word")
        .atMost(LONGEST_NOTICE)
        .until(() -> web.sh("cat /run/watch.log").endsWith("saw seen"));
    web.suspend();
    web.resume();
  }

  /** A VPS that talks all the time stands still while its trial runs, and talks, in its place. */
  @Test
  void noPacketLeavesATrial() {
    Vps tiny = letargo.get().createAndStart("tiny1", "tiny");
    String gateway = tiny.address().replaceFirst("[0-9]+$", "1");
    tiny.daemon(
        "talk", "sh -c 'while :; do nc -w 1 %s 9 </dev/null; sleep 0.1; done'".formatted(gateway));
    HostCommand.run("nft", "add", "table", "inet", table());
    try {
      HostCommand.run(
          "nft",
          "add chain inet %s heard { type filter hook prerouting priority -300; }"
              .formatted(table()));
      HostCommand.run(
          "nft", "add rule inet %s heard ip saddr %s counter".formatted(table(), tiny.address()));
      Awaitility.await("the VPS to be heard").atMost(LONGEST_NOTICE).until(() -> packets() > 0);
      String checkpoint = checkpoint(tiny, Map.of());
      tiny.act("pause");
      long before = packets();

      verify(tiny, checkpoint, "run");

      assertThat(packets()).isEqualTo(before);
      tiny.act("unpause");
      Awaitility.await("the VPS to be heard again")
          .atMost(LONGEST_NOTICE)
          .until(() -> packets() > before);
    } finally {
      HostCommand.run("nft", "delete", "table", "inet", table());
    }
  }

  private static String table() {
    return "heard_" + letargo.get().name();
  }

  private static long packets() {
    String rules = HostCommand.run("nft", "list", "table", "inet", table());
    return Long.parseLong(rules.replaceFirst("(?s).*counter packets ([0-9]+) .*", "$1"));
  }

  @Test
  void findsAChunkThatIsDamaged() throws IOException {
    try (Instance instance = Instance.start()) {
      Vps tiny = instance.createAndStart("tiny1", "tiny");
      Heart heart = Heart.start(tiny, 4);
      String checkpoint = checkpoint(instance, tiny, Map.of());
      TamperedCheckpoint.damageAllChunks(instance);

      for (String depth : List.of("images", "restore")) {
        Failure failure = verifyFails(instance, tiny, checkpoint, depth);

        assertThat(failure.code()).isEqualTo("CHECKPOINT_CORRUPT");
        assertThat(verification(instance, tiny).path("result").asText()).isEqualTo("failed");
        assertThat(verification(instance, tiny).path("because").asText()).isEqualTo(failure.why());
      }
      heart.expectAlive();
    }
  }

  /** All hashes are right, and an image file is missing: to read it is enough. */
  @Test
  void findsImagesThatDoNotFitTogether() throws IOException {
    Vps tiny = letargo.get().createAndStart("tiny1", "tiny");
    Heart heart = Heart.start(tiny, 4);
    String whole = checkpoint(tiny, Map.of());
    letargo.get().hook().stop();
    String tampered =
        TamperedCheckpoint.replace(
            letargo.get(), tiny, whole, Map.of("checkpoint/fdinfo-2.img", new byte[0]));
    letargo.get().startHook("");

    Failure failure = verifyFails(letargo.get(), tiny, tampered, "images");

    assertThat(failure.code()).isEqualTo("CHECKPOINT_CORRUPT");
    assertThat(failure.why()).isEqualTo("image file 'fdinfo-2.img' is missing");
    assertThat(verification(tiny).path("because").asText()).isEqualTo(failure.why());
    heart.expectAlive();
  }

  /**
   * All hashes are right and the images are whole, but the disk lacks what runs: only a trial
   * tells.
   */
  @Test
  void findsADiskThatLacksWhatRuns() throws IOException {
    Vps tiny = letargo.get().createAndStart("tiny1", "tiny");
    Heart heart = Heart.start(tiny, 4);
    tiny.sh("touch /bin/new"); // what is deleted has to lie in a folder that the disk has too
    String whole = checkpoint(tiny, Map.of());
    letargo.get().hook().stop();
    String tampered =
        TamperedCheckpoint.replace(
            letargo.get(), tiny, whole, Map.of("deleted.files", WITHOUT_BUSYBOX));
    letargo.get().startHook("");
    verify(tiny, tampered, "images");

    Failure failure = verifyFails(letargo.get(), tiny, tampered, "restore");

    assertThat(failure.code()).as(failure.message()).isEqualTo("RESUME_FAILED");
    assertThat(failure.what())
        .isEqualTo("checkpoint '" + tampered + "' of VPS 'tiny1' cannot be restored");
    assertThat(failure.why()).contains("busybox");
    assertThat(verification(tiny).path("result").asText()).isEqualTo("failed");
    assertThat(verification(tiny).path("because").asText()).isEqualTo(failure.why());
    heart.expectAlive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"restore", "run"})
  void suspendsIntoAVerifiedCheckpoint(String depth) throws IOException {
    Vps tiny = letargo.get().createAndStart("tiny1", "tiny");
    Heart heart = Heart.start(tiny, 4);

    letargo.get().api().run("POST", "/v1/vps/tiny1/suspend", Map.of("verify", depth));

    assertThat(tiny.state()).isEqualTo("suspended");
    assertThat(verification(tiny).path("result").asText()).isEqualTo("verified");
    tiny.resume();
    heart.expectAlive();
  }

  @Test
  void aSuspendWhoseTrialFailsLeavesTheVpsRunning() throws Exception {
    Instance instance = letargo.get();
    Vps web = instance.createAndStart("web1", "debian-12");
    web.awaitSystemd();
    instance.hook().stop();
    instance.startHook("fail:verify.before-compare");
    try (CountingClient client = new CountingClient(web)) {
      client.expectToGoOn();
      long initPid = web.initPid();

      Failure failure =
          instance.api().fails("POST", "/v1/vps/web1/suspend", Map.of("verify", "restore"));

      client.expectToGoOn();
      client.finish();
      assertThat(failure.what()).isEqualTo("cannot suspend VPS 'web1'");
      assertThat(failure.remedy()).endsWith("The VPS runs on.");
      assertThat(web.state()).isEqualTo("running");
      assertThat(web.initPid()).isEqualTo(initPid);
      assertThat(instance.api().get("/v1/vps/web1/checkpoints").path("checkpoints")).isEmpty();
    } finally {
      instance.hook().stop();
      instance.startHook("");
    }
    web.suspend();
    web.resume();
    assertThat(web.sh("systemctl is-system-running")).isEqualTo("running");
  }

  @Test
  void aCheckpointThatFailsItsTrialStaysAndSaysSo() throws Exception {
    Instance instance = letargo.get();
    Vps tiny = instance.createAndStart("tiny1", "tiny");
    Heart heart = Heart.start(tiny, 4);
    instance.hook().stop();
    instance.startHook("fail:verify.before-compare");
    try {
      Failure failure =
          instance.api().fails("POST", "/v1/vps/tiny1/checkpoints", Map.of("verify", "restore"));

      assertThat(failure.what()).startsWith("checkpoint '").endsWith("is taken, and not verified");
      assertThat(verification(tiny).path("result").asText()).isEqualTo("failed");
    } finally {
      instance.hook().stop();
      instance.startHook("");
    }
    heart.expectAlive();
    verify(tiny, instance.api().get("/v1/vps/tiny1/checkpoints").at("/here").asText(), "restore");
    assertThat(verification(tiny).path("result").asText()).isEqualTo("verified");
  }

  @Test
  void exportsWhatPassesATrial(@TempDir Path folder) {
    Instance instance = letargo.get();
    Vps tiny = instance.createAndStart("tiny1", "tiny");
    Heart heart = Heart.start(tiny, 4);
    tiny.suspend();
    Path archive = folder.resolve("tiny1.letargo");

    String said =
        instance.cli().run("export", "--verify", "tiny1", archive.toString()).output().strip();

    assertThat(said).startsWith("tiny1: exported");
    assertThat(verification(tiny).path("depth").asText()).isEqualTo("restore");
    tiny.destroy();
    instance.api().importFrom(archive);
    tiny.resume();
    heart.expectWhole();
  }

  @Test
  void theCommandLineVerifiesAndShowsIt() {
    Vps tiny = letargo.get().createAndStart("tiny1", "tiny");
    String checkpoint = checkpoint(tiny, Map.of("label", "good"));

    assertThat(letargo.get().cli().run("verify", "tiny1").output().strip())
        .isEqualTo("tiny1: checkpoint " + checkpoint + " can be restored");
    assertThat(letargo.get().cli().run("verify", "tiny1@good", "--run").output().strip())
        .isEqualTo("tiny1: checkpoint good can be restored, and runs");
    assertThat(letargo.get().cli().run("timeline", "tiny1").output()).contains(" run ");
  }

  private static String checkpoint(Vps vps, Map<String, ?> body) {
    return checkpoint(letargo.get(), vps, body);
  }

  private static String checkpoint(Instance instance, Vps vps, Map<String, ?> body) {
    return instance
        .api()
        .run("POST", "/v1/vps/" + vps.name() + "/checkpoints", body)
        .json()
        .path("checkpoint")
        .asText();
  }

  private static void verify(Vps vps, String checkpoint, String depth) {
    letargo.get().api().run("POST", path(vps, checkpoint), Map.of("depth", depth));
  }

  private static Failure verifyFails(Instance instance, Vps vps, String checkpoint, String depth) {
    return instance.api().fails("POST", path(vps, checkpoint), Map.of("depth", depth));
  }

  private static String path(Vps vps, String checkpoint) {
    return "/v1/vps/" + vps.name() + "/checkpoints/" + checkpoint + "/verify";
  }

  /** Of its last checkpoint. */
  private static JsonNode verification(Vps vps) {
    return verification(letargo.get(), vps);
  }

  private static JsonNode verification(Instance instance, Vps vps) {
    JsonNode all = instance.api().get("/v1/vps/" + vps.name() + "/checkpoints").at("/checkpoints");
    return all.get(all.size() - 1).path("verification");
  }

  /** What hangs on the bridge. */
  private static List<String> devices() throws IOException {
    Path ports = Path.of("/sys/class/net", letargo.get().name(), "brif");
    try (Stream<Path> found = Files.list(ports)) {
      return found.map(port -> port.getFileName().toString()).sorted().toList();
    }
  }
}
