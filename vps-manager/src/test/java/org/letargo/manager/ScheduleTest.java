package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.testing.Moment;

/** Schedules over HTTP, with checkpoints that are really asked for. */
class ScheduleTest {
  private static final String SCHEDULE = "/v1/vps/web1/schedule";

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

  private Rig.Answer put(String body) {
    return rig.put(SCHEDULE, body);
  }

  private List<String> kinds() {
    return rig.get("/v1/vps/web1/checkpoints").json().get("checkpoints").findValuesAsText("kind");
  }

  private void awaitOneTaken() {
    await().until(() -> rig.get(SCHEDULE).json().has("lastAt"));
  }

  @Test
  void takesACheckpointAtOnceAndForgetsWhatItsRuleLetsGo() {
    put("{\"everySeconds\": 3600, \"keep\": 1}");
    awaitOneTaken();
    rig.end(rig.post("/v1/vps/web1/checkpoints", "{\"label\": \"mine\"}"));
    String first = rig.get("/v1/vps/web1/checkpoints").json().at("/checkpoints/0/id").asText();

    put("{\"everySeconds\": 3600, \"keep\": 1}");
    awaitOneTaken();

    assertThat(kinds()).containsExactly("manual", "scheduled");
    assertThat(rig.get("/v1/vps/web1/checkpoints/" + first).error()).isEqualTo("404 NOT_FOUND");
    JsonNode operation = rig.get("/v1/operations?limit=1").json().at("/operations/0");
    assertThat(operation.get("kind").asText()).isEqualTo("checkpoint");
    assertThat(operation.get("by").asText()).isEqualTo("(schedule)");
    assertThat(operation.get("checkpoint").asText())
        .isEqualTo(rig.get("/v1/vps/web1/checkpoints").json().get("here").asText());
  }

  @Test
  void doesNotFailWhenSomethingCannotBeForgotten() {
    put("{\"everySeconds\": 3600, \"keep\": 1}");
    awaitOneTaken();
    rig.hook()
        .fail(
            HookRequest.ForgetCheckpoint.class,
            Moment.HALFWAY,
            new VpsException(Code.NO_SPACE, "cannot forget", "the disk is full", "Tidy."));

    put("{\"everySeconds\": 3600, \"keep\": 1}");
    awaitOneTaken();

    assertThat(kinds()).containsExactly("scheduled", "scheduled");
    assertThat(rig.state("web1")).isEqualTo("running");
  }

  @Test
  void showsWhyItFails() {
    rig.hook()
        .fail(
            HookRequest.CheckpointVps.class,
            Moment.HALFWAY,
            new VpsException(Code.NO_SPACE, "cannot checkpoint", "the disk is full", "Tidy."));

    put("{\"everySeconds\": 3600, \"keep\": 1}");

    await().until(() -> rig.get(SCHEDULE).json().get("failures").asInt() == 1);
    JsonNode failing = rig.get("/v1/schedules").json().at("/schedules/0");
    assertThat(failing.at("/error/message").asText())
        .isEqualTo("cannot checkpoint: the disk is full. Tidy.");
    assertThat(rig.send(rig.request("/metrics").GET()).response().body())
        .contains("letargo_schedules_failing 1.0");
  }

  @Test
  void staysOverARestartAndGoesWithItsVps() {
    JsonNode added =
        put("{\"everySeconds\": 300, \"keep\": 12, \"keepHourly\": 24, \"keepDaily\": 7}").json();
    assertThat(added.get("by").asText()).isEqualTo("admin");
    awaitOneTaken();
    JsonNode before = rig.get(SCHEDULE).json();

    rig.stopManager();
    rig.startManager();

    assertThat(rig.get("/v1/schedules").json().get("schedules")).containsExactly(before);
    rig.end(rig.delete("/v1/vps/web1"));
    await().until(() -> rig.get("/v1/schedules").json().get("schedules").isEmpty());
    assertThat(rig.get(SCHEDULE).error()).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void isRemovedWithoutItsCheckpoints() {
    put("{\"everySeconds\": 3600, \"keep\": 3}");
    awaitOneTaken();

    assertThat(rig.delete(SCHEDULE).status()).isEqualTo(204);

    assertThat(rig.delete(SCHEDULE).error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.get(SCHEDULE).message())
        .isEqualTo(
            "VPS 'web1' has no schedule: none was added, or the VPS was destroyed meanwhile. Add"
                + " one with 'letargo schedule add web1 --every 5m'.");
    assertThat(kinds()).containsExactly("scheduled");
  }

  @Test
  void refusesWhatKeepsNothingComesTooOftenOrHasNoVps() {
    assertThat(put("{\"everySeconds\": 300}").error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(put("{\"everySeconds\": 9, \"keep\": 1}").error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(put("{\"everySeconds\": 300, \"keep\": 1001}").error())
        .isEqualTo("400 INVALID_REQUEST");
    assertThat(
            rig.send(
                    rig.request("/v1/vps/nobody/schedule")
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString("{\"everySeconds\": 300, \"keep\": 1}")))
                .error())
        .isEqualTo("404 NOT_FOUND");
    assertThat(rig.get("/v1/schedules").json().get("schedules")).isEmpty();
  }
}
