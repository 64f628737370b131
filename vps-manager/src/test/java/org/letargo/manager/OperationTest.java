package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.testing.Moment;
import org.letargo.hook.protocol.testing.Trap;
import org.letargo.manager.operation.HookPatience;

/** Operations that fail, are cancelled, and outlive the death of the manager and of the hook. */
class OperationTest {
  private static final VpsException FULL =
      new VpsException(Code.NO_SPACE, "cannot suspend", "the disk is full", "Make room.");

  @TempDir Path dir;
  private Rig rig;

  @BeforeEach
  void start() throws IOException {
    rig = Rig.start(dir);
    rig.createRunning("web1");
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
    assertThat(rig.hook().violations()).isEmpty();
  }

  private Rig.Answer suspend() {
    return rig.post("/v1/vps/web1/suspend");
  }

  private static String outcome(JsonNode operation) {
    String code = operation.at("/error/code").asText();
    return (operation.get("state").asText() + " " + code).strip();
  }

  @Test
  void tellsWhyItFailedAndLeavesTheVpsAsItWas() {
    rig.hook().fail(HookRequest.SuspendVps.class, Moment.HALFWAY, FULL);

    JsonNode failed = rig.end(suspend());

    assertThat(outcome(failed)).isEqualTo("failed NO_SPACE");
    assertThat(failed.get("error").toString())
        .isEqualTo(
            "{\"code\":\"NO_SPACE\",\"what\":\"cannot suspend\",\"why\":\"the disk is full\","
                + "\"remedy\":\"Make room.\",\"message\":\"cannot suspend: the disk is full. Make"
                + " room.\"}");
    assertThat(rig.state("web1")).isEqualTo("running");
    assertThat(outcome(rig.end(suspend()))).isEqualTo("succeeded");
  }

  @Test
  void showsHowFarItIs() {
    Trap trap = rig.hook().hold(HookRequest.SuspendVps.class, Moment.HALFWAY);
    var accepted = suspend();
    trap.awaitReached();

    await()
        .untilAsserted(() -> {
          JsonNode now = rig.get("/v1/operations/" + accepted.json().get("id").asText()).json();
          assertThat(now.get("phase").asText()).isEqualTo("work");
          assertThat(now.get("percent").asInt()).isEqualTo(50);
        });
    trap.release();
    JsonNode ended = rig.end(accepted);
    assertThat(ended.get("phase").asText()).isEqualTo("end");
    assertThat(ended.get("percent").asInt()).isEqualTo(100);
    assertThat(ended.get("endedAt").asText()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({"HALFWAY, cancelled CANCELLED, running", "COMMITTED, succeeded, suspended"})
  void isCancelledWhereThatIsSafe(Moment moment, String outcome, String state) {
    Trap trap = rig.hook().hold(HookRequest.SuspendVps.class, moment);
    var accepted = suspend();
    trap.awaitReached();
    String path = "/v1/operations/" + accepted.json().get("id").asText();

    assertThat(rig.delete(path).status()).isEqualTo(202);
    trap.release();

    assertThat(outcome(rig.end(accepted))).isEqualTo(outcome);
    assertThat(rig.state("web1")).isEqualTo(state);
    assertThat(rig.delete(path).error()).isEqualTo("409 WRONG_STATE");
  }

  @Test
  void doesNotStartAgainWhatWasCancelledWhileItStopped() {
    Trap trap = rig.hook().hold(HookRequest.StopVps.class, Moment.COMMITTED);
    var accepted = rig.post("/v1/vps/web1/restart");
    trap.awaitReached();

    rig.delete("/v1/operations/" + accepted.json().get("id").asText());
    trap.release();

    assertThat(outcome(rig.end(accepted))).isEqualTo("cancelled CANCELLED");
    assertThat(rig.state("web1")).isEqualTo("stopped");
  }

  @Test
  void listsTheNewestFirst() {
    rig.create("web2");
    String suspended = rig.end(suspend()).get("id").asText();
    String started = rig.end(rig.post("/v1/vps/web2/start")).get("id").asText();
    String resumed = rig.end(rig.post("/v1/vps/web1/resume")).get("id").asText();

    assertThat(ids("/v1/operations?limit=3")).containsExactly(resumed, started, suspended);
    assertThat(ids("/v1/operations?vps=web1&limit=2")).containsExactly(resumed, suspended);
    assertThat(ids("/v1/operations?vps=web3")).isEmpty();
  }

  private List<String> ids(String path) {
    return rig.get(path).json().get("operations").findValuesAsText("id");
  }

  @ParameterizedTest
  @EnumSource(names = {"BEGUN", "HALFWAY", "COMMITTED"})
  void isFollowedToItsEndByTheNextManager(Moment moment) {
    Trap trap = rig.hook().hold(HookRequest.SuspendVps.class, moment);
    var accepted = suspend();
    trap.awaitReached();
    String id = accepted.json().get("id").asText();

    rig.stopManager();
    rig.startManager();

    assertThat(rig.state("web1")).isEqualTo("suspending");
    assertThat(rig.get("/v1/operations/" + id).json().get("state").asText()).isEqualTo("running");
    assertThat(rig.post("/v1/vps/web1/stop").error()).isEqualTo("409 BUSY");
    trap.release();
    assertThat(outcome(rig.end(accepted))).isEqualTo("succeeded");
    assertThat(rig.state("web1")).isEqualTo("suspended");
  }

  @Test
  void isRecordedByTheNextManagerAsItEndedWhenThereWasNone() {
    rig.create("web2");
    Trap first = rig.hook().hold(HookRequest.SuspendVps.class, Moment.HALFWAY);
    var succeeds = suspend();
    first.awaitReached();
    Trap second = rig.hook().hold(HookRequest.StartVps.class, Moment.BEGUN);
    rig.hook().fail(HookRequest.StartVps.class, Moment.HALFWAY, FULL);
    var fails = rig.post("/v1/vps/web2/start");
    second.awaitReached();

    rig.stopManager();
    first.release();
    second.release();
    await().until(() -> rig.hook().openRequests() == 0);
    rig.startManager();

    assertThat(outcome(rig.end(succeeds))).isEqualTo("succeeded");
    assertThat(outcome(rig.end(fails))).isEqualTo("failed NO_SPACE");
    assertThat(rig.state("web1")).isEqualTo("suspended");
    assertThat(rig.state("web2")).isEqualTo("stopped");
  }

  @ParameterizedTest
  @CsvSource({
    "RECEIVED, failed INTERRUPTED, running",
    "BEGUN, failed INTERRUPTED, running",
    "HALFWAY, failed INTERRUPTED, running",
    "COMMITTED, succeeded, suspended"
  })
  void endsAsTheHookSaysWhenItHasDiedAndComesBack(Moment moment, String outcome, String state)
      throws IOException {
    Trap trap = rig.hook().dieAt(HookRequest.SuspendVps.class, moment);
    var accepted = suspend();
    trap.awaitReached();
    await().until(() -> !rig.manager().hookIsUp());
    assertThat(rig.state("web1")).isEqualTo("suspending");

    rig.hook().start();

    assertThat(outcome(rig.end(accepted))).isEqualTo(outcome);
    await().until(() -> rig.manager().hookIsUp());
    assertThat(rig.state("web1")).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({
    "RECEIVED, failed INTERRUPTED, running",
    "HALFWAY, failed INTERRUPTED, running",
    "COMMITTED, succeeded, suspended"
  })
  void endsAsTheHookSaysWhenBothHaveDied(Moment moment, String outcome, String state)
      throws IOException {
    Trap trap = rig.hook().dieAt(HookRequest.SuspendVps.class, moment);
    var accepted = suspend();
    trap.awaitReached();
    rig.stopManager();

    rig.startManager();
    assertThat(rig.get("/v1/operations").json().at("/operations/0/state").asText())
        .isEqualTo("running");
    rig.hook().start();

    assertThat(outcome(rig.end(accepted))).isEqualTo(outcome);
    await().until(() -> rig.manager().hookIsUp());
    assertThat(rig.state("web1")).isEqualTo(state);
  }

  @Test
  void givesUpOnAHookThatDoesNotComeBack() throws IOException {
    rig.close();
    HookPatience little = new HookPatience(Duration.ofMillis(10), Duration.ofMillis(300));
    rig = Rig.start(Files.createDirectory(dir.resolve("other")), little);
    rig.createRunning("web1");
    rig.hook().dieAt(HookRequest.SuspendVps.class, Moment.HALFWAY);

    JsonNode ended = rig.end(suspend());

    assertThat(outcome(ended)).isEqualTo("failed HOOK_UNREACHABLE");
    assertThat(ended.at("/error/remedy").asText()).startsWith("Start letargo-hook:");
    rig.hook().start();
    await().until(() -> rig.manager().hookIsUp());
    assertThat(outcome(rig.end(suspend()))).isEqualTo("succeeded");
  }

  @ParameterizedTest
  @EnumSource(names = {"HALFWAY", "COMMITTED"})
  void restartsToItsEndOverADeathOfTheManagerWhileItStops(Moment moment) {
    Trap trap = rig.hook().hold(HookRequest.StopVps.class, moment);
    var accepted = rig.post("/v1/vps/web1/restart");
    trap.awaitReached();

    rig.stopManager();
    rig.startManager();
    trap.release();

    assertThat(outcome(rig.end(accepted))).isEqualTo("succeeded");
    assertThat(rig.state("web1")).isEqualTo("running");
  }

  @Test
  void restartsToItsEndOverADeathOfTheManagerWhileItStarts() {
    Trap trap = rig.hook().hold(HookRequest.StartVps.class, Moment.HALFWAY);
    var accepted = rig.post("/v1/vps/web1/restart");
    trap.awaitReached();

    rig.stopManager();
    rig.startManager();
    assertThat(rig.state("web1")).isEqualTo("restarting");
    trap.release();

    assertThat(outcome(rig.end(accepted))).isEqualTo("succeeded");
    assertThat(rig.state("web1")).isEqualTo("running");
  }

  @Test
  void restartsToItsEndOverADeathOfBothBetweenItsSteps() throws IOException {
    Trap trap = rig.hook().dieAt(HookRequest.StartVps.class, Moment.RECEIVED);
    var accepted = rig.post("/v1/vps/web1/restart");
    trap.awaitReached();
    rig.stopManager();

    rig.startManager();
    rig.hook().start();

    assertThat(outcome(rig.end(accepted))).isEqualTo("succeeded");
    await().until(() -> rig.manager().hookIsUp());
    assertThat(rig.state("web1")).isEqualTo("running");
  }

  @Test
  void forgetsWhatWasDestroyedWhileTheHookWasAway() throws IOException {
    rig.create("web2");
    Trap trap = rig.hook().dieAt(HookRequest.DestroyVps.class, Moment.COMMITTED);
    var accepted = rig.delete("/v1/vps/web2");
    trap.awaitReached();

    rig.hook().start();

    assertThat(outcome(rig.end(accepted))).isEqualTo("succeeded");
    await().until(() -> rig.get("/v1/vps/web2").status() == 404);
    assertThat(rig.get("/v1/vps").json().get("vps")).hasSize(1);
  }
}
