package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.testing.Moment;
import org.letargo.hook.protocol.testing.Trap;

/** What goes before a VPS stands still, through two managers and two hooks. */
class PrecopyTest {
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

  private Rig.Answer migrate(String rest) {
    return here.post("/v1/vps/web1/migrate", "{\"peer\":\"there\"" + rest + "}");
  }

  /** Nobody holds what was sent ahead: only the two watches are open. */
  private void expectLetGo() {
    await().untilAsserted(() -> assertThat(here.hook().openRequests()).isOne());
    await().untilAsserted(() -> assertThat(there.hook().openRequests()).isOne());
  }

  @Test
  void goesBeforeItStandsStill() {
    JsonNode ended = here.end(migrate(",\"mode\":\"precopy\",\"downtimeMillis\":100"));

    assertThat(ended.get("state").asText()).as("%s", ended).isEqualTo("succeeded");
    assertThat(ended.at("/moved/mode").asText()).isEqualTo("precopy");
    assertThat(ended.at("/moved").has("reason")).isFalse();
    assertThat(ended.at("/moved/aheadBytes").asLong()).isGreaterThan(1 << 20);
    assertThat(ended.at("/moved/sentBytes").asLong())
        .isGreaterThan(ended.at("/moved/aheadBytes").asLong());
    assertThat(there.state("web1")).isEqualTo("running");
    assertThat(here.get("/v1/vps/web1").status()).isEqualTo(404);
    expectLetGo();
  }

  @ParameterizedTest
  @CsvSource({"1, precopy", "1000, stop"})
  void choosesAWayAndSaysWhy(int downtimeMillis, String way) {
    JsonNode ended = here.end(migrate(",\"mode\":\"auto\",\"downtimeMillis\":" + downtimeMillis));

    assertThat(ended.at("/moved/mode").asText()).as("%s", ended).isEqualTo(way);
    assertThat(ended.at("/moved/reason").asText()).isNotEmpty();
    assertThat(there.state("web1")).isEqualTo("running");
  }

  @Test
  void sendsTheTemplateThatTheOtherHostLacks() {
    there.end(there.delete("/v1/templates/tiny"));

    JsonNode ended = here.end(migrate(""));

    assertThat(ended.get("state").asText()).as("%s", ended).isEqualTo("succeeded");
    JsonNode templates = there.get("/v1/templates").json().get("templates");
    assertThat(templates)
        .anyMatch(template ->
            template.get("name").asText().startsWith("tiny") && template.get("built").asBoolean());
    assertThat(there.state("web1")).isEqualTo("running");
  }

  @Test
  void touchesNothingWhenTheTemplateDoesNotArrive() {
    there.end(there.delete("/v1/templates/tiny"));
    there.hook().fail(HookRequest.AddTemplate.class, Moment.BEGUN, TRAPPED);

    JsonNode ended = here.end(migrate(""));

    assertThat(ended.at("/error/why").asText()).as("%s", ended).isEqualTo("the trap says so");
    expectStays();
  }

  @Test
  void sendsNothingAheadInModeStopAndOfWhatStandsStill() {
    here.end(here.post("/v1/vps/web1/suspend"));

    JsonNode ended = here.end(migrate(",\"mode\":\"precopy\""));

    assertThat(ended.get("state").asText()).as("%s", ended).isEqualTo("succeeded");
    assertThat(ended.at("/moved/aheadBytes").asLong()).isZero();
    assertThat(there.state("web1")).isEqualTo("suspended");
  }

  @Test
  void staysWhenItsHookFailsMeanwhile() {
    here.hook().fail(HookRequest.SendAhead.class, Moment.BEGUN, TRAPPED);

    JsonNode ended = here.end(migrate(",\"mode\":\"precopy\""));

    assertThat(ended.at("/error/code").asText()).as("%s", ended).isEqualTo("NO_SPACE");
    expectStays();
  }

  @Test
  void staysWhenTheOtherHookFailsMeanwhile() {
    there.hook().fail(HookRequest.ReceiveAhead.class, Moment.BEGUN, TRAPPED);

    JsonNode ended = here.end(migrate(",\"mode\":\"precopy\""));

    assertThat(ended.at("/error/code").asText()).as("%s", ended).isEqualTo("PEER_REFUSED");
    assertThat(ended.at("/error/why").asText()).isEqualTo("the trap says so");
    expectStays();
  }

  @Test
  void staysWhenItIsCancelledMeanwhile() throws Exception {
    here.hook().archiveBytes(64 << 20);
    Trap held = here.hook().hold(HookRequest.SendAhead.class, Moment.BEGUN);
    String id = migrate(",\"mode\":\"precopy\"").json().get("id").asText();
    held.awaitReached();

    assertThat(here.delete("/v1/operations/" + id).status()).isEqualTo(202);
    held.release();

    assertThat(here.end(id).get("state").asText()).isEqualTo("cancelled");
    expectStays();
  }

  @Test
  void staysWhenTheStateThatFollowsIsNotTaken() {
    there.hook().fail(HookRequest.MigrateVps.class, Moment.BEGUN, TRAPPED);

    JsonNode ended = here.end(migrate(",\"mode\":\"precopy\""));

    assertThat(ended.get("state").asText()).as("%s", ended).isEqualTo("failed");
    expectStays();
  }

  private void expectStays() {
    assertThat(here.state("web1")).isEqualTo("running");
    assertThat(there.get("/v1/vps/web1").status()).isEqualTo(404);
    expectLetGo();
  }

  @Test
  void refusesWhatTheOtherHostWouldRefuseBeforeAnythingIsTouched() {
    here.hook()
        .obstacles(
            new VpsName("web1"),
            List.of(Obstacle.of(ObstacleKind.IO_URING, Optional.empty(), Optional.empty())));

    JsonNode ended = here.end(migrate(""));

    assertThat(ended.at("/error/code").asText()).isEqualTo("PEER_REFUSED");
    assertThat(ended.at("/error/remedy").asText())
        .endsWith("See all with 'letargo migrate web1 there --check-only'.");
    assertThat(here.get("/v1/vps/web1").json().has("migration")).isFalse();
  }

  @Test
  void refusesModesAndLimitsThatThereAreNot() {
    assertThat(migrate(",\"mode\":\"teleport\"").error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(migrate(",\"downtimeMillis\":-1").error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(migrate(",\"bytesPerSecond\":0").error()).isEqualTo("400 INVALID_REQUEST");
  }

  @Test
  void takesItsTimeWhereItMaySendOnlySoMuch() {
    JsonNode ended = here.end(migrate(",\"bytesPerSecond\":4194304"));

    assertThat(ended.get("state").asText()).as("%s", ended).isEqualTo("succeeded");
    long bytes = ended.at("/moved/sentBytes").asLong();
    long leastMillis = (bytes - 4194304 / 20) * 1000 / 4194304;
    assertThat(ended.at("/moved/totalMillis").asLong()).isGreaterThanOrEqualTo(leastMillis);
  }
}
