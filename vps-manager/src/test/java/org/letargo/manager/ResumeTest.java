package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.VpsName;

/** Which way a VPS is brought back to life, and what is told of its memory then. */
class ResumeTest {
  private static final VpsName WEB1 = new VpsName("web1");
  private static final Resumed.Broken BROKEN =
      new Resumed.Broken(
          new OperationId("op-0123456789ab"),
          new Failure(Code.CHECKPOINT_CORRUPT, "the memory is lost", "a chunk is", "Rewind."));

  @TempDir Path dir;
  private Rig rig;

  @BeforeEach
  void start() throws IOException {
    rig = Rig.start(dir);
    rig.createSuspended("web1");
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
    assertThat(rig.hook().violations()).isEmpty();
  }

  private JsonNode web1() {
    return rig.get("/v1/vps/web1").json();
  }

  @Test
  void isLazyUnlessSomebodyWantsOtherwise() {
    JsonNode resume = rig.end(rig.post("/v1/vps/web1/resume"));

    assertThat(resume.path("resumed").toString()).isEqualTo("{\"way\":\"lazy\"}");
  }

  @Test
  void isEagerForWhoeverWantsIt() {
    JsonNode resume = rig.end(rig.post("/v1/vps/web1/resume", "{\"eager\":true}"));

    assertThat(resume.path("resumed").toString())
        .isEqualTo("{\"way\":\"eager\",\"reason\":\"it was asked for\"}");
  }

  @Test
  void saysItOfRewindsAndClonesToo() {
    String id = web1().at("/checkpoint/id").asText();

    JsonNode rewind = rig.end(rig.post("/v1/vps/web1/rewind", "{\"checkpoint\":\"" + id + "\"}"));
    JsonNode clone =
        rig.end(
            rig.post("/v1/vps/web1/clone", "{\"name\":\"web2\",\"checkpoint\":\"" + id + "\"}"));

    assertThat(List.of(rewind.at("/resumed/way").asText(), clone.at("/resumed/way").asText()))
        .containsExactly("lazy", "lazy");
  }

  @Test
  void refusesABodyThatItDoesNotKnow() {
    assertThat(rig.post("/v1/vps/web1/resume", "{\"eagerly\":true}").error())
        .isEqualTo("400 INVALID_REQUEST");
    assertThat(rig.post("/v1/vps/web1/resume", "{\"eager\":1}").error())
        .isEqualTo("400 INVALID_REQUEST");
  }

  @Test
  void showsHowMuchMemoryIsStillToCome() {
    rig.end(rig.post("/v1/vps/web1/resume"));
    assertThat(web1().has("loading")).isFalse();

    rig.hook().resumed(WEB1, new Resumed.Lazily(DataSize.ofBytes(4000), DataSize.ofBytes(1000)));

    await().until(() -> web1().has("loading"));
    assertThat(web1().path("loading").toString())
        .isEqualTo("{\"totalBytes\":4000,\"missingBytes\":1000,\"percent\":75}");
    assertThat(web1().path("state").asText()).isEqualTo("running");
  }

  @Test
  void keepsAmongTheOperationsThatMemoryCouldNotBeHad() {
    rig.end(rig.post("/v1/vps/web1/resume"));

    rig.hook().resumed(WEB1, BROKEN);

    await().until(() -> rig.get("/v1/operations/op-0123456789ab").status() == 200);
    JsonNode told = rig.get("/v1/operations/op-0123456789ab").json();
    assertThat(told.path("kind").asText()).isEqualTo("resume");
    assertThat(told.path("state").asText()).isEqualTo("failed");
    assertThat(told.path("by").asText()).isEqualTo("(hook)");
    assertThat(told.at("/error/message").asText())
        .isEqualTo("the memory is lost: a chunk is. Rewind.");
    assertThat(web1().path("state").asText()).isEqualTo("suspended");
    assertThat(web1().at("/resumeFailure/code").asText()).isEqualTo("CHECKPOINT_CORRUPT");
  }

  @Test
  void keepsItOnceAlsoIfTheHookTellsItAgain() {
    rig.end(rig.post("/v1/vps/web1/resume"));
    rig.hook().resumed(WEB1, BROKEN);
    await().until(() -> rig.get("/v1/operations/op-0123456789ab").status() == 200);

    rig.stopManager();
    rig.startManager();
    await().until(() -> web1().has("resumeFailure"));

    assertThat(rig.get("/v1/operations?vps=web1").json().path("operations").findValuesAsText("id"))
        .filteredOn(id -> id.equals("op-0123456789ab"))
        .hasSize(1);
  }
}
