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
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.testing.Moment;
import org.letargo.hook.protocol.testing.Trap;

/** The store over HTTP. */
class StoreTest {
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

  private String checkpoint() {
    return rig.end(rig.post("/v1/vps/web1/checkpoints")).get("checkpoint").asText();
  }

  @Test
  void tellsWhatItKeepsAndTakes() {
    checkpoint();
    checkpoint();

    JsonNode store = rig.get("/v1/store").json();

    assertThat(store.toString())
        .isEqualTo(
            "{\"checkpoints\":2,\"chunks\":153,\"contentBytes\":18874368,\"storedBytes\":10027008,"
                + "\"deadBytes\":0,\"roomBytes\":21474836480,\"encrypted\":false,\"zstdLevel\":1,"
                + "\"frozenBufferBytes\":2147483648}");
  }

  @Test
  void isInTheMetricsWhileTheHookIsThere() throws IOException {
    checkpoint();

    assertThat(metrics())
        .contains("letargo_store_checkpoints 1.0")
        .contains("letargo_store_content_bytes 9437184.0")
        .contains("letargo_store_stored_bytes 9437184.0")
        .contains("letargo_store_dead_bytes 0.0");
    rig.hook().die();
    await().until(() -> metrics().contains("letargo_store_checkpoints NaN"));
  }

  private String metrics() {
    return rig.send(rig.request("/metrics").GET()).response().body();
  }

  @Test
  void givesBackWhatNothingNeeds() {
    String id = checkpoint();
    rig.end(rig.delete("/v1/vps/web1/checkpoints/" + id));
    assertThat(rig.get("/v1/store").json().get("deadBytes").asLong()).isEqualTo(9 << 20);

    JsonNode ended = rig.end(rig.post("/v1/store/gc"));

    assertThat(ended.get("kind").asText()).isEqualTo("store-gc");
    assertThat(ended.at("/findings/freedBytes").asLong()).isEqualTo(9 << 20);
    assertThat(rig.get("/v1/store").json().get("storedBytes").asLong()).isZero();
  }

  @Test
  void namesTheCheckpointsThatDamageHits() {
    String id = checkpoint();
    rig.hook().damage(new VpsName("web1"), new CheckpointId(id));

    JsonNode checked = rig.end(rig.post("/v1/store/check"));

    assertThat(checked.get("state").asText()).isEqualTo("succeeded");
    assertThat(checked.get("findings").toString())
        .isEqualTo(
            "{\"readBytes\":9437184,\"freedBytes\":0,\"damagedChunks\":1,\"damaged\":[{\"vps\":"
                + "\"web1\",\"checkpoint\":\""
                + id
                + "\",\"files\":[\"pages-1.img\"]}]}");
    rig.stopManager();
    rig.startManager();
    assertThat(rig.get("/v1/operations/" + checked.get("id").asText()).json()).isEqualTo(checked);
    assertThat(rig.end(rig.post("/v1/store/repair")).get("kind").asText())
        .isEqualTo("store-repair");
  }

  @Test
  void isWorkedOnToItsEndOverADeathOfTheManager() {
    Trap trap = rig.hook().hold(HookRequest.MaintainStore.class, Moment.HALFWAY);
    Rig.Answer accepted = rig.post("/v1/store/check");
    trap.awaitReached();

    rig.stopManager();
    rig.startManager();
    trap.release();

    JsonNode ended = rig.end(accepted);
    assertThat(ended.get("state").asText()).isEqualTo("succeeded");
    assertThat(ended.has("vps")).isFalse();
    assertThat(ended.has("findings")).isFalse();
  }
}
