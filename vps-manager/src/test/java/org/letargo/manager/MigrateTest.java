package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.testing.Moment;
import org.letargo.hook.protocol.testing.Trap;

/** A VPS moves from one host to another, through two managers and two hooks. */
class MigrateTest {
  private static final VpsException TRAPPED =
      new VpsException(Code.NO_SPACE, "it is refused", "the trap says so", "Set no trap.");

  @TempDir Path dir;
  private TwoHosts hosts;
  private Rig here;
  private Rig there;

  @BeforeEach
  void start() throws IOException {
    hosts = TwoHosts.start(dir);
    here = hosts.here();
    there = hosts.there();
  }

  @AfterEach
  void close() throws IOException {
    hosts.close();
  }

  private Rig.Answer migrate(String json) {
    return here.post("/v1/vps/web1/migrate", json);
  }

  private JsonNode migrated() {
    return here.end(migrate("{\"peer\":\"there\"}"));
  }

  private void expectSimplyHere() {
    JsonNode vps = here.get("/v1/vps/web1").json();
    assertThat(vps.path("state").asText()).isEqualTo("running");
    assertThat(vps.path("migration").isMissingNode()).as("%s", vps).isTrue();
  }

  private void awaitNothingThere() {
    await().until(() -> there.get("/v1/vps/web1").status() == 404);
  }

  @Test
  void takesItsScheduleAlong() {
    here.put("/v1/vps/web1/schedule", "{\"everySeconds\":3600,\"keep\":3,\"keepDaily\":7}");
    await().until(() -> here.get("/v1/vps/web1/schedule").json().has("lastAt"));

    here.end(here.post("/v1/vps/web1/migrate", "{\"peer\":\"there\"}"));

    JsonNode schedule = there.get("/v1/vps/web1/schedule").json();
    assertThat(schedule.get("everySeconds").asLong()).as("%s", schedule).isEqualTo(3600);
    assertThat(schedule.get("keep").asInt()).isEqualTo(3);
    assertThat(schedule.get("keepDaily").asInt()).isEqualTo(7);
    await()
        .untilAsserted(
            () -> assertThat(here.get("/v1/schedules").json().get("schedules")).isEmpty());
  }

  @Test
  void goesOnAtTheOtherHostAndIsGoneHere() {
    JsonNode address = here.get("/v1/vps/web1").json().get("address");

    JsonNode ended = migrated();

    assertThat(ended.get("state").asText()).as("%s", ended).isEqualTo("succeeded");
    assertThat(ended.get("kind").asText()).isEqualTo("migrate");
    assertThat(ended.at("/moved/peer").asText()).isEqualTo("there");
    assertThat(ended.at("/moved/sentBytes").asLong()).isGreaterThan(1 << 20);
    assertThat(here.get("/v1/vps/web1").status()).isEqualTo(404);
    assertThat(there.state("web1")).isEqualTo("running");
    assertThat(there.get("/v1/vps/web1").json().get("address")).isEqualTo(address);
    assertThat(there.get("/v1/vps/web1").json().path("migration").isMissingNode()).isTrue();
  }

  @Test
  void isRefusedBeforeAnythingIsTouchedIfTheNameIsTaken() {
    there.create("web1");

    JsonNode ended = migrated();

    assertThat(ended.at("/error/code").asText()).isEqualTo("PEER_REFUSED");
    assertThat(ended.at("/error/why").asText()).isEqualTo("there is one of that name");
    expectSimplyHere();
    assertThat(there.state("web1")).isEqualTo("stopped");
  }

  @Test
  void isRefusedBeforeAnythingIsTouchedIfTheAddressIsTaken() {
    there.create("other"); // each of the two hosts gives its first VPS the same

    JsonNode ended = migrated();

    assertThat(ended.at("/error/why").asText()).isEqualTo("VPS 'other' has its address 10.77.0.2");
    expectSimplyHere();
  }

  @Test
  void isNotBegunTwice() throws Exception {
    Trap held = here.hook().hold(HookRequest.MigrateVps.class, Moment.HALFWAY);
    Rig.Answer first = migrate("{\"peer\":\"there\"}");
    held.awaitReached();

    assertThat(migrate("{\"peer\":\"there\"}").error()).isEqualTo("409 BUSY");
    held.release();

    assertThat(here.end(first).get("state").asText()).isEqualTo("succeeded");
  }

  @Test
  void goesOnHereIfItCannotBeReceived() {
    there.hook().fail(HookRequest.MigrateVps.class, Moment.BEGUN, TRAPPED);

    JsonNode ended = migrated();

    assertThat(ended.at("/error/why").asText()).isEqualTo("the trap says so");
    expectSimplyHere();
    awaitNothingThere();
  }

  @Test
  void goesOnHereIfItIsCancelled() throws Exception {
    Trap held = there.hook().hold(HookRequest.MigrateVps.class, Moment.HALFWAY);
    Rig.Answer begun = migrate("{\"peer\":\"there\"}");
    held.awaitReached();
    here.delete("/v1/operations/" + begun.json().get("id").asText());
    held.release();

    assertThat(here.end(begun).get("state").asText()).isEqualTo("cancelled");
    expectSimplyHere();
    awaitNothingThere();
  }

  @Test
  void goesOnHereIfTheManagerIsRestartedBeforeItIsHandedOver() throws Exception {
    Trap held = there.hook().hold(HookRequest.MigrateVps.class, Moment.HALFWAY);
    Rig.Answer begun = migrate("{\"peer\":\"there\"}");
    held.awaitReached();
    here.stopManager();
    held.release();

    here.startManager();

    JsonNode ended = here.end(begun);
    assertThat(ended.at("/error/code").asText()).as("%s", ended).isEqualTo("INTERRUPTED");
    expectSimplyHere();
    awaitNothingThere();
  }

  @Test
  void itsPastFollowsIt() {
    here.hook().archiveBytes(1 << 20);
    JsonNode taken = here.end(here.post("/v1/vps/web1/checkpoints", "{\"label\":\"good\"}"));
    assertThat(taken.get("state").asText()).isEqualTo("succeeded");

    JsonNode ended = migrated();

    assertThat(ended.get("state").asText()).as("%s", ended).isEqualTo("succeeded");
    assertThat(here.get("/v1/vps/web1").status()).isEqualTo(404);
    JsonNode past = there.get("/v1/vps/web1/checkpoints").json().at("/checkpoints/0");
    assertThat(past.get("label").asText()).isEqualTo("good");
    assertThat(past.get("id")).isEqualTo(taken.get("checkpoint"));
    assertThat(there.state("web1")).isEqualTo("running");
    there.end(there.post("/v1/vps/web1/rewind", "{\"checkpoint\":\"good\"}"));
    assertThat(there.state("web1")).isEqualTo("running");
  }

  @Test
  void whatIsKeptHereNeverRunsAgain() {
    JsonNode ended = here.end(migrate("{\"peer\":\"there\",\"keepSource\":true}"));

    assertThat(ended.get("state").asText()).as("%s", ended).isEqualTo("succeeded");
    JsonNode kept = here.get("/v1/vps/web1").json();
    assertThat(kept.at("/migration/phase").asText()).isEqualTo("moved");
    Rig.Answer refused = here.post("/v1/vps/web1/start");
    assertThat(refused.error()).isEqualTo("409 WRONG_STATE");
    assertThat(refused.message()).contains("it has moved to host 'there'");
    assertThat(here.end(here.delete("/v1/vps/web1")).get("state").asText()).isEqualTo("succeeded");
    assertThat(there.state("web1")).isEqualTo("running");
  }

  @Test
  void isTakenOverFromAHostOfWhichSomebodySaysThatItIsGone() throws Exception {
    Trap held = there.hook().hold(HookRequest.MigrateVps.class, Moment.COMMITTED);
    migrate("{\"peer\":\"there\"}");
    held.awaitReached();
    here.stopManager();
    held.release();
    awaitIdleThere();
    assertThat(there.get("/v1/vps/web1").json().at("/migration/phase").asText())
        .isEqualTo("arriving");

    JsonNode silent = there.end(there.post("/v1/vps/web1/take-back"));
    JsonNode forced = there.end(there.post("/v1/vps/web1/take-back", "{\"force\":true}"));

    assertThat(silent.at("/error/code").asText()).as("%s", silent).isEqualTo("PEER_UNREACHABLE");
    assertThat(forced.get("state").asText()).as("%s", forced).isEqualTo("succeeded");
    assertThat(there.state("web1")).isEqualTo("running");
    assertThat(there.get("/v1/vps/web1").json().path("migration").isMissingNode()).isTrue();
    here.startManager();
  }

  private void awaitIdleThere() {
    await().until(() -> there.get("/v1/vps/web1").json().path("operation").isMissingNode());
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThat(migrate("{\"peer\":\"nobody\"}").error()).isEqualTo("404 NOT_FOUND");
    assertThat(migrate("{}").error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(migrate("{\"peer\":\"there\",\"mode\":\"by-magic\"}").error())
        .isEqualTo("400 INVALID_REQUEST");
    assertThat(here.post("/v1/vps/web2/migrate", "{\"peer\":\"there\"}").error())
        .isEqualTo("404 NOT_FOUND");
    assertThat(here.post("/v1/vps/web1/take-back").error()).isEqualTo("409 WRONG_STATE");
    there.stopManager();
    assertThat(migrated().at("/error/code").asText()).isEqualTo("PEER_UNREACHABLE");
    expectSimplyHere();
    there.startManager();
  }
}
