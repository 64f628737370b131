package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.testing.Moment;
import org.letargo.hook.protocol.testing.Trap;

/** The life of VPSes over HTTP: every change, and every refusal of one. */
class LifeTest {
  @TempDir Path dir;
  private Rig rig;

  @BeforeEach
  void start() throws IOException {
    rig = Rig.start(dir);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
    assertThat(rig.hook().violations()).isEmpty();
  }

  @Test
  void leadsAVpsThroughItsWholeLife() {
    var created =
        rig.post(
            "/v1/vps",
            """
            {"name":"web1","template":"tiny","memoryBytes":67108864,"cpus":1.5,"pids":64,
             "address":"10.77.0.9","publish":["8080:80"]}\
            """);
    assertThat(created.response().headers().firstValue("Location"))
        .contains("/v1/operations/" + created.json().get("id").asText());
    assertThat(created.json().get("kind").asText()).isEqualTo("create");
    assertThat(created.json().get("by").asText()).isEqualTo("admin");
    assertThat(outcome(rig.end(created))).isEqualTo("succeeded");

    JsonNode web1 = rig.get("/v1/vps/web1").json();
    assertThat(web1.toString())
        .isEqualTo(
            "{\"name\":\"web1\",\"state\":\"stopped\",\"template\":\"tiny\",\"address\":\"10.77.0.9\","
                + "\"mac\":\"02:4c:00:00:00:09\",\"memoryBytes\":67108864,\"memoryUsedBytes\":0,"
                + "\"cpus\":1.5,\"pids\":64,\"publish\":[\"8080:80\"]}");
    assertThat(rig.get("/v1/vps").json().get("vps")).containsExactly(web1);

    assertThat(after("start")).isEqualTo("succeeded running");
    assertThat(rig.get("/v1/vps/web1").json().get("initPid").asLong()).isPositive();
    assertThat(after("pause")).isEqualTo("succeeded paused");
    assertThat(after("unpause")).isEqualTo("succeeded running");
    assertThat(after("restart")).isEqualTo("succeeded running");
    assertThat(after("suspend")).isEqualTo("succeeded suspended");
    assertThat(rig.get("/v1/vps/web1").json().get("checkpoint").fieldNames())
        .toIterable()
        .containsExactly("id", "takenAt", "memoryBytes", "sizeBytes");
    assertThat(after("resume")).isEqualTo("succeeded running");
    assertThat(after("stop")).isEqualTo("succeeded stopped");
    assertThat(outcome(rig.end(rig.delete("/v1/vps/web1")))).isEqualTo("succeeded");
    assertThat(rig.get("/v1/vps/web1").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.get("/v1/vps").json().get("vps")).isEmpty();
  }

  private String after(String verb) {
    String ended = outcome(rig.end(rig.post("/v1/vps/web1/" + verb)));
    return ended + " " + rig.state("web1");
  }

  private static String outcome(JsonNode operation) {
    return operation.path("state").asText();
  }

  @Test
  void showsWhatIsUnderWay() {
    rig.createRunning("web1");
    Trap trap = rig.hook().hold(HookRequest.SuspendVps.class, Moment.HALFWAY);

    var accepted = rig.post("/v1/vps/web1/suspend");
    trap.awaitReached();

    String id = accepted.json().get("id").asText();
    assertThat(rig.state("web1")).isEqualTo("suspending");
    assertThat(rig.get("/v1/vps/web1").json().get("operation").asText()).isEqualTo(id);
    var busy = rig.post("/v1/vps/web1/stop");
    assertThat(busy.error()).isEqualTo("409 BUSY");
    assertThat(busy.message())
        .isEqualTo(
            "cannot change VPS 'web1': operation "
                + id
                + " is still running on it. Wait for it with 'letargo ops show "
                + id
                + "', or cancel it.");
    trap.release();
    assertThat(outcome(rig.end(accepted))).isEqualTo("succeeded");
    assertThat(rig.state("web1")).isEqualTo("suspended");
  }
}
