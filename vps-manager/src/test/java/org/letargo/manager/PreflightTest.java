package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsProcess;
import org.letargo.hook.protocol.testing.Moment;

/** Preflights, and failures that carry what lies behind them. */
class PreflightTest {
  private static final VpsName WEB1 = new VpsName("web1");
  private static final Obstacle RING =
      Obstacle.of(
          ObstacleKind.IO_URING,
          Optional.of(new VpsProcess(71, "redis")),
          Optional.of(ObstacleResource.descriptor(7, "anon_inode:[io_uring]")));
  private static final String RING_JSON =
      """
      {"code":"io-uring","severity":"blocks","transient":false,"process":{"pid":71,"command":"redis"},\
      "resource":{"type":"descriptor","name":"7","detail":"anon_inode:[io_uring]"},\
      "reason":"io_uring cannot be saved",\
      "remedy":"Restart the program; a VPS of Letargo starts without io_uring, and programs fall back.",\
      "message":"process 71 (redis), descriptor 7 (anon_inode:[io_uring]): io_uring cannot be saved"}\
      """;

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

  @Test
  void saysThatNothingStandsInTheWay() {
    Rig.Answer answer = rig.get("/v1/vps/web1/preflight");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("vps").asText()).isEqualTo("web1");
    assertThat(answer.json().path("canSuspend").asBoolean()).isTrue();
    assertThat(answer.json().path("tookMillis").asInt()).isEqualTo(12);
    assertThat(answer.json().path("obstacles")).isEmpty();
  }

  @Test
  void showsAnObstacleWithAllThatIsKnownOfIt() {
    rig.hook().obstacles(WEB1, List.of(RING));

    JsonNode report = rig.get("/v1/vps/web1/preflight").json();

    assertThat(report.path("canSuspend").asBoolean()).isFalse();
    assertThat(report.path("obstacles").path(0).toString()).isEqualTo(RING_JSON);
  }

  @Test
  void refusesASuspensionWithItsObstacles() {
    rig.hook().obstacles(WEB1, List.of(RING));

    JsonNode failed = rig.end(rig.post("/v1/vps/web1/suspend"));

    assertThat(failed.at("/error/code").asText()).isEqualTo("NOT_CHECKPOINTABLE");
    assertThat(failed.at("/error/obstacles/0").toString()).isEqualTo(RING_JSON);
    assertThat(failed.path("error").has("log")).isFalse();
    assertThat(rig.state("web1")).isEqualTo("running");
  }

  @Test
  void keepsTheLogOfAnOperationOverARestart() {
    VpsException failure =
        VpsException.notCheckpointable(
            WEB1, "suspend", List.of(RING), List.of("(00.1) Error: a line"));
    rig.hook().fail(HookRequest.SuspendVps.class, Moment.HALFWAY, failure);
    JsonNode failed = rig.end(rig.post("/v1/vps/web1/suspend"));

    rig.stopManager();
    rig.startManager();
    JsonNode found = rig.get("/v1/operations/" + failed.path("id").asText()).json();

    assertThat(found.at("/error/log/0").asText()).isEqualTo("(00.1) Error: a line");
    assertThat(found.at("/error/obstacles/0/code").asText()).isEqualTo("io-uring");
  }

  @Test
  void refusesToLookAtAVpsWithoutProcesses() {
    rig.end(rig.post("/v1/vps/web1/stop"));

    assertThat(rig.get("/v1/vps/web1/preflight").error()).isEqualTo("409 WRONG_STATE");
    assertThat(rig.get("/v1/vps/nobody/preflight").error()).isEqualTo("404 NOT_FOUND");
  }
}
