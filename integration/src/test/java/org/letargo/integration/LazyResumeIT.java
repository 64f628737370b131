package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.letargo.integration.harness.CountingClient;
import org.letargo.integration.harness.Failure;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Operation;
import org.letargo.integration.harness.Vps;

/**
 * A VPS that is resumed runs before its memory is there; whatever happens meanwhile, it never sees
 * a wrong byte: either all comes, or it is suspended again where it was.
 */
@Isolated("vm.unprivileged_userfaultfd is the machine's: another hook would put it back meanwhile")
class LazyResumeIT {
  private static final long MEMORY_BYTES = 1L << 30;
  private static final int MEBIBYTES = 96;
  private static final int LARGE_MEBIBYTES = 512;
  private static final int GENERATIONS = 3;
  private static final Duration LONGEST = Duration.ofMinutes(3);

  /** Half of the memory comes, and no more. */
  private static final String HALF = "hold:resume.loading";

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @AfterEach
  void withoutFault() {
    if (letargo.get().hook().isAlive()) {
      letargo.get().hook().kill(); // one that holds memory back waits for it before it ends
    }
    letargo.get().startHook("");
  }

  @Test
  void aDebianGoesOnBeforeItsMemoryIsThereThreeGenerationsInARow() throws Exception {
    Vps web = start("web1", "debian-12");
    web.awaitSystemd();
    web.daemon("fill", web.installPayload("fill") + " " + LARGE_MEBIBYTES);
    expectSaid(web, "ready", 1);
    try (CountingClient client = new CountingClient(web)) {
      for (int generation = 1; generation <= GENERATIONS; generation++) {
        client.expectToGoOn();

        web.suspend();
        expectLazily(web.act("resume"));

        client.expectToGoOn();
        web.sh("kill -USR1 $(pidof fill)");
        expectSaid(web, "same", generation);
        assertThat(web.sh("systemctl is-system-running")).isEqualTo("running");
      }
      client.finish();
    }
    awaitLoaded(web);
    assertThat(web.folder().resolve("images")).doesNotExist();
    assertThat(web.folder().resolve("loading.json")).doesNotExist();
    assertThat(web.folder().resolve("hot-pages.json")).isNotEmptyFile();
  }

  @Test
  void isSuspendedAtOnceAndHasAllItsMemory() {
    Vps vps = start("web1", "tiny");
    Heart heart = Heart.start(vps, LARGE_MEBIBYTES);
    vps.suspend();

    expectLazily(vps.act("resume"));
    vps.suspend();
    expectLazily(vps.act("resume"));

    awaitLoaded(vps);
    heart.expectAlive();
  }

  @Test
  void readsAllFirstWhenItIsAskedTo() {
    Vps vps = start("web1", "tiny");
    Heart heart = Heart.start(vps, MEBIBYTES);
    vps.suspend();

    Operation resume =
        letargo.get().api().run("POST", "/v1/vps/web1/resume", Map.of("eager", true));

    assertThat(resume.json().at("/resumed").toString())
        .isEqualTo("{\"way\":\"eager\",\"reason\":\"it was asked for\"}");
    assertThat(vps.view().has("loading")).isFalse();
    heart.expectAlive();
  }

  @Test
  void rewindsAndClonesLazily() {
    Vps vps = start("web1", "tiny");
    Heart heart = Heart.start(vps, MEBIBYTES);
    String then =
        letargo
            .get()
            .api()
            .run("POST", "/v1/vps/web1/checkpoints")
            .json()
            .at("/checkpoint")
            .asText();

    expectLazily(
        letargo.get().api().run("POST", "/v1/vps/web1/rewind", Map.of("checkpoint", then)));
    heart.expectWhole();
    Operation clone =
        letargo
            .get()
            .api()
            .run("POST", "/v1/vps/web1/clone", Map.of("name", "web2", "checkpoint", then));

    expectLazily(clone);
    Vps second = letargo.get().vps("web2");
    heart.in(second).expectWhole();
    heart.expectAlive();
  }

  @Test
  void showsHowMuchIsStillToCome() {
    Vps vps = halfLoaded();

    JsonNode loading = vps.view().path("loading");

    assertThat(loading.path("totalBytes").asLong()).isGreaterThan(MEBIBYTES << 20);
    assertThat(loading.path("percent").asInt()).isBetween(40, 60);
    assertThat(letargo.get().cli().run("list").output())
        .contains("running, loading " + loading.path("percent").asInt() + "%");
    assertThat(letargo.get().cli().run("status", "web1").output().strip())
        .endsWith(" - " + loading.path("percent").asInt());
  }

  @Test
  void keepsTheCheckpointThatItsMemoryComesFrom() {
    Vps vps = halfLoaded();
    String id = here();

    Failure refused =
        letargo.get().api().fails("DELETE", "/v1/vps/web1/checkpoints/" + id, Map.of());

    assertThat(refused.code()).isEqualTo("WRONG_STATE");
    assertThat(refused.message()).contains("memory of the VPS is still being loaded from it");
    vps.stop();
    letargo.get().api().run("DELETE", "/v1/vps/web1/checkpoints/" + id);
  }

  @Test
  void aSuspensionThatWaitsForMemoryCanBeCancelled() {
    Vps vps = halfLoaded();

    Operation suspend = letargo.get().api().begin("POST", "/v1/vps/web1/suspend", Map.of());
    Awaitility.await("the wait for memory")
        .atMost(LONGEST)
        .until(() -> operation(suspend.id()).path("phase").asText().equals("memory"));
    letargo.get().api().send("DELETE", "/v1/operations/" + suspend.id(), Map.of());

    assertThat(letargo.get().api().await(suspend).state()).isEqualTo("cancelled");
    assertThat(vps.state()).isEqualTo("running");
  }

  @Test
  void isStoppedAndDestroyedMeanwhile() {
    Vps vps = halfLoaded();

    vps.stop();

    assertThat(vps.state()).isEqualTo("stopped");
    vps.start();
    vps.destroy();
    Vps second = halfLoaded();
    second.destroy();
    assertThat(letargo.get().api().vpsNames()).isEmpty();
  }

  @Test
  void endsByItselfMeanwhile() {
    Vps vps = halfLoaded();

    vps.exec("poweroff", "-f");

    Awaitility.await("the end").atMost(LONGEST).until(() -> vps.state().equals("stopped"));
  }

  @Test
  void isSuspendedAgainWhenTheHookIsKilledMeanwhile() {
    Vps vps = start("web1", "tiny");
    Heart heart = Heart.start(vps, MEBIBYTES);
    vps.sh("echo before >/root/disk; sync");
    vps.suspend();
    halfLoaded(vps);
    vps.sh("echo after >/root/disk; sync");
    String id = here();

    letargo.get().hook().kill();
    letargo.get().startHook("");

    assertThat(vps.state()).isEqualTo("suspended");
    assertThat(vps.view().at("/checkpoint/id").asText()).isEqualTo(id);
    expectTold("INTERRUPTED");
    expectLazily(vps.act("resume"));
    heart.expectAlive();
    assertThat(vps.sh("cat /root/disk")).isEqualTo("before");
  }

  @Test
  void isSuspendedAgainWhenTheEnginesDaemonIsKilled() {
    Vps vps = start("web1", "tiny");
    Heart heart = Heart.start(vps, MEBIBYTES);
    vps.suspend();
    halfLoaded(vps);

    assertThat(daemons().map(ProcessHandle::destroyForcibly)).containsExactly(true);

    awaitSuspended(vps);
    expectTold("RESUME_FAILED");
    assertThat(vps.view().at("/resumeFailure/code").asText()).isEqualTo("RESUME_FAILED");
    letargo.get().api().run("POST", "/v1/vps/web1/resume", Map.of("eager", true));
    heart.expectAlive();
  }

  @Test
  void aSuspensionThatWaitsIsToldWhenMemoryCannotBeHad() {
    Vps vps = halfLoaded();

    Operation suspend = letargo.get().api().begin("POST", "/v1/vps/web1/suspend", Map.of());
    Awaitility.await("the wait for memory")
        .atMost(LONGEST)
        .until(() -> operation(suspend.id()).path("phase").asText().equals("memory"));
    daemons().forEach(ProcessHandle::destroyForcibly);

    assertThat(letargo.get().api().await(suspend).expectFailed().code()).isEqualTo("RESUME_FAILED");
    awaitSuspended(vps);
  }

  @Test
  void isSuspendedAgainWhenMemoryIsDamaged() throws IOException {
    Vps vps = start("web1", "tiny");
    Heart heart = Heart.start(vps, MEBIBYTES);
    vps.suspend();
    Path pack = damageMemory();
    byte[] good = Files.readAllBytes(pack.resolveSibling(pack.getFileName() + ".good"));

    letargo.get().api().await(letargo.get().api().begin("POST", "/v1/vps/web1/resume", Map.of()));

    awaitSuspended(vps);
    expectTold("CHECKPOINT_CORRUPT");
    Files.write(pack, good);
    Files.delete(pack.resolveSibling(pack.getFileName() + ".good"));
    letargo.get().hook().stop();
    letargo.get().startHook("");
    vps.resume();
    heart.expectAlive();
  }

  @Test
  void aHookThatIsToEndBringsAllMemoryFirst() {
    Vps vps = start("web1", "tiny");
    Heart heart = Heart.start(vps, LARGE_MEBIBYTES);
    vps.suspend();
    expectLazily(vps.act("resume"));

    letargo.get().hook().stop();
    letargo.get().startHook("");

    assertThat(vps.state()).isEqualTo("running");
    heart.expectAlive();
  }

  private static Vps start(String name, String template) {
    letargo
        .get()
        .api()
        .run(
            "POST",
            "/v1/vps",
            Map.of("name", name, "template", template, "memoryBytes", MEMORY_BYTES));
    Vps vps = letargo.get().vps(name);
    vps.start();
    return vps;
  }

  /** A VPS that runs, and half of whose memory does not come. */
  private static Vps halfLoaded() {
    Vps vps = start("web1", "tiny");
    Heart.start(vps, MEBIBYTES);
    vps.suspend();
    return halfLoaded(vps);
  }

  private static Vps halfLoaded(Vps vps) {
    Instance instance = letargo.get();
    instance.hook().stop();
    instance.startHook(HALF);
    expectLazily(vps.act("resume"));
    Awaitility.await("half of the memory")
        .atMost(LONGEST)
        .until(() -> vps.view().at("/loading/percent").asInt(0) >= 50);
    return vps;
  }

  private static void expectLazily(Operation operation) {
    assertThat(operation.json().at("/resumed").toString()).isEqualTo("{\"way\":\"lazy\"}");
  }

  private static void awaitLoaded(Vps vps) {
    Awaitility.await("all memory of " + vps.name())
        .atMost(LONGEST)
        .until(() -> !vps.view().has("loading"));
  }

  private static void awaitSuspended(Vps vps) {
    Awaitility.await("the way back")
        .atMost(LONGEST)
        .until(() -> vps.state().equals("suspended") && !vps.view().has("operation"));
  }

  private static void expectSaid(Vps vps, String word, int times) {
    Awaitility.await("'" + word + "' " + times + " times")
        .atMost(LONGEST)
        .until(
            () -> vps.sh("grep -c " + word + " /run/fill.log || true"),
            said -> said.equals(String.valueOf(times)));
  }

  private static String here() {
    return letargo.get().api().get("/v1/vps/web1/checkpoints").at("/here").asText();
  }

  private static JsonNode operation(String id) {
    return letargo.get().api().get("/v1/operations/" + id);
  }

  /** There is an operation that has failed so. */
  private static void expectTold(String code) {
    Awaitility.await("an operation that failed with " + code)
        .atMost(LONGEST)
        .until(() ->
            letargo
                .get()
                .api()
                .get("/v1/operations?vps=web1")
                .path("operations")
                .findValuesAsText("code")
                .contains(code));
  }

  private static Stream<ProcessHandle> daemons() {
    return ProcessHandle.of(letargo.get().hook().pid()).stream()
        .flatMap(ProcessHandle::descendants)
        .filter(process -> process.info().commandLine().orElse("").contains(" lazy-pages "));
  }

  /** Flips bytes of chunks that lie in the middle of the memory; a copy stays beside the pack. */
  private static Path damageMemory() throws IOException {
    List<Path> packs;
    try (Stream<Path> files = Files.list(letargo.get().state().resolve("store/packs"))) {
      packs = files.sorted().toList();
    }
    Path largest =
        packs.stream().max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length())).get();
    Files.copy(largest, largest.resolveSibling(largest.getFileName() + ".good"));
    try (FileChannel file = FileChannel.open(largest, StandardOpenOption.WRITE)) {
      for (long at = file.size() / 2; at < file.size() * 3 / 4; at += 16 << 10) {
        file.write(ByteBuffer.wrap(new byte[64]), at);
      }
    }
    return largest;
  }
}
