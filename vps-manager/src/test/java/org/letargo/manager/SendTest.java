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

/** Checkpoints go from one host to another, through two managers and two hooks. */
class SendTest {
  /** More than all windows on the way, and more than the heap of the tests. */
  private static final long LARGE_BYTES = 300L << 20;

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
    assertThat(here.end(here.post("/v1/vps/web1/checkpoints", "{\"label\":\"good\"}")).at("/state"))
        .hasToString("\"succeeded\"");
  }

  @AfterEach
  void close() throws IOException {
    hosts.close();
  }

  private Rig.Answer send(String json) {
    return here.post("/v1/vps/web1/checkpoints/good/send", json);
  }

  private JsonNode sent() {
    return here.end(send("{\"peer\":\"there\"}"));
  }

  private JsonNode lastOperation(Rig rig, String kind) {
    for (JsonNode operation : rig.get("/v1/operations").json().get("operations")) {
      if (operation.get("kind").asText().equals(kind)) {
        return operation;
      }
    }
    throw new AssertionError("no operation " + kind);
  }

  private void awaitIdle(Rig rig) {
    await()
        .untilAsserted(() -> {
          for (JsonNode operation : rig.get("/v1/operations").json().get("operations")) {
            assertThat(operation.get("state").asText()).isNotEqualTo("running");
          }
        });
  }

  @Test
  void makesAVpsOnTheOtherHost() {
    JsonNode ended = sent();

    assertThat(ended.get("state").asText()).as("%s", ended).isEqualTo("succeeded");
    assertThat(ended.get("kind").asText()).isEqualTo("send");
    assertThat(ended.get("sentBytes").asLong()).isGreaterThan(1 << 20);
    assertThat(there.state("web1")).isEqualTo("suspended");
    assertThat(there.get("/v1/vps/web1").json().get("address"))
        .isEqualTo(here.get("/v1/vps/web1").json().get("address"));
    assertThat(here.state("web1")).isEqualTo("running");
    JsonNode received = lastOperation(there, "receive");
    assertThat(received.get("by").asText()).isEqualTo("peer here");
    assertThat(received.get("state").asText()).isEqualTo("succeeded");
    there.end(there.post("/v1/vps/web1/resume"));
    assertThat(there.state("web1")).isEqualTo("running");
  }

  @Test
  void givesItAnotherName() {
    JsonNode ended = here.end(send("{\"peer\":\"there\",\"name\":\"copy\"}"));

    assertThat(ended.get("state").asText()).isEqualTo("succeeded");
    assertThat(there.state("copy")).isEqualTo("suspended");
    assertThat(there.get("/v1/vps/web1").status()).isEqualTo(404);
  }

  @Test
  void streamsWithLittleMemory() {
    here.hook().archiveBytes(LARGE_BYTES);

    JsonNode ended = sent();

    assertThat(ended.get("state").asText()).as("%s", ended).isEqualTo("succeeded");
    assertThat(here.get("/v1/peers").json().at("/peers/0/bytesPerSecond").asLong()).isPositive();
  }

  @Test
  void saysWhatTheOtherHostRefuses() {
    there.create("web1");

    JsonNode ended = sent();

    assertThat(ended.get("state").asText()).isEqualTo("failed");
    assertThat(ended.at("/error/code").asText()).isEqualTo("PEER_REFUSED");
    assertThat(ended.at("/error/why").asText()).isEqualTo("there is one of that name");
    assertThat(here.state("web1")).isEqualTo("running");
    awaitIdle(there);
    assertThat(there.state("web1")).isEqualTo("stopped");
  }

  @Test
  void saysWhatTheOtherHookRefusesMidway() {
    here.hook().archiveBytes(LARGE_BYTES);
    there.hook().fail(HookRequest.ReceiveVps.class, Moment.BEGUN, TRAPPED);

    JsonNode ended = sent();

    assertThat(ended.at("/error/code").asText()).isEqualTo("PEER_REFUSED");
    assertThat(ended.at("/error/why").asText()).isEqualTo("the trap says so");
    awaitIdle(there);
    assertThat(there.get("/v1/vps/web1").status()).isEqualTo(404);
  }

  @Test
  void saysWhatItsOwnHookRefusesMidway() {
    here.hook().archiveBytes(LARGE_BYTES);
    here.hook().fail(HookRequest.SendCheckpoint.class, Moment.HALFWAY, TRAPPED);

    JsonNode ended = sent();

    assertThat(ended.at("/error/code").asText()).as("%s", ended).isEqualTo("NO_SPACE");
    awaitIdle(there);
    assertThat(there.get("/v1/vps/web1").status()).isEqualTo(404);
    assertThat(lastOperation(there, "receive").get("state").asText()).isEqualTo("cancelled");
  }

  @Test
  void leavesNothingWhenThePeerIsRemovedMidway() throws Exception {
    here.hook().archiveBytes(LARGE_BYTES);
    Trap held = there.hook().hold(HookRequest.ReceiveVps.class, Moment.HALFWAY);
    Rig.Answer begun = send("{\"peer\":\"there\"}");
    held.awaitReached();

    assertThat(there.delete("/v1/peers/here").status()).isEqualTo(204);
    held.release();

    JsonNode ended = here.end(begun);
    assertThat(ended.get("state").asText()).as("%s", ended).isEqualTo("failed");
    awaitIdle(there);
    assertThat(there.get("/v1/vps/web1").status()).isEqualTo(404);
    assertThat(here.state("web1")).isEqualTo("running");
  }

  @Test
  void refusesWhatIsNotThere() {
    assertThat(send("{\"peer\":\"nobody\"}").error()).isEqualTo("404 NOT_FOUND");
    assertThat(send("{}").error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(here.post("/v1/vps/web1/checkpoints/bad/send", "{\"peer\":\"there\"}").error())
        .isEqualTo("404 NOT_FOUND");
    there.stopManager();
    assertThat(sent().at("/error/code").asText()).isEqualTo("PEER_UNREACHABLE");
    there.startManager();
  }
}
