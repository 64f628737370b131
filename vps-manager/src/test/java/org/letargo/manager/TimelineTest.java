package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.testing.Moment;
import org.letargo.hook.protocol.testing.Trap;

/** Checkpoints, rewinds and clones over HTTP. */
class TimelineTest {
  private static final String CHECKPOINTS = "/v1/vps/web1/checkpoints";

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

  private JsonNode timeline() {
    return rig.get(CHECKPOINTS).json();
  }

  /** Takes one; its id. */
  private String checkpoint(String body) {
    return rig.end(rig.post(CHECKPOINTS, body)).get("checkpoint").asText();
  }

  private Rig.Answer patch(String checkpoint, String body) {
    return rig.send(
        rig.request(CHECKPOINTS + "/" + checkpoint)
            .header("Content-Type", "application/json")
            .method("PATCH", BodyPublishers.ofString(body)));
  }

  private static String outcome(JsonNode operation) {
    String code = operation.at("/error/code").asText();
    return (operation.get("state").asText() + " " + code).strip();
  }

  private List<String> kinds() {
    return timeline().get("checkpoints").findValuesAsText("kind");
  }

  @ParameterizedTest
  @CsvSource({"'', restore", "'{\"depth\": \"run\"}', run", "'{\"depth\": \"images\"}', images"})
  void verifiesACheckpointBesideAllElse(String body, String depth) {
    String id = checkpoint("{}");
    Trap trap = rig.hook().hold(HookRequest.VerifyCheckpoint.class, Moment.HALFWAY);
    Rig.Answer begun = rig.post(CHECKPOINTS + "/" + id + "/verify", body);
    trap.awaitReached();

    rig.end(rig.post("/v1/vps/web1/pause", ""));
    trap.release();

    JsonNode ended = rig.end(begun);
    assertThat(ended.path("kind").asText()).isEqualTo("verify");
    assertThat(ended.path("checkpoint").asText()).isEqualTo(id);
    JsonNode verification = rig.get(CHECKPOINTS + "/" + id).json().get("verification");
    assertThat(verification.path("result").asText()).isEqualTo("verified");
    assertThat(verification.path("depth").asText()).isEqualTo(depth);
    assertThat(verification.has("because")).isFalse();
  }

  @Test
  void refusesADepthThatThereIsNot() {
    String id = checkpoint("{}");

    assertThat(rig.post(CHECKPOINTS + "/" + id + "/verify", "{\"depth\": \"all\"}").status())
        .isEqualTo(400);
    assertThat(rig.post("/v1/vps/web1/suspend", "{\"verify\": \"all\"}").status()).isEqualTo(400);
    assertThat(rig.get("/v1/vps/web1/archive?verify=all").status()).isEqualTo(400);
  }

  @Test
  void isEmptyAtFirst() {
    assertThat(timeline().toString()).isEqualTo("{\"vps\":\"web1\",\"checkpoints\":[]}");
  }

  @Test
  void tellsAllOfACheckpoint() {
    String first = checkpoint("{}");
    String id = checkpoint("{\"label\": \"second\", \"note\": \"before the upgrade\"}");

    JsonNode timeline = timeline();

    assertThat(timeline.get("here").asText()).isEqualTo(id);
    JsonNode entry = timeline.at("/checkpoints/1");
    List<String> fields = new ArrayList<>();
    entry.fieldNames().forEachRemaining(fields::add);
    assertThat(fields)
        .containsExactly(
            "id",
            "parent",
            "takenAt",
            "kind",
            "hasMemory",
            "label",
            "note",
            "pinned",
            "memoryBytes",
            "sizeBytes",
            "newBytes",
            "frozenMillis");
    assertThat(entry.get("id").asText()).isEqualTo(id);
    assertThat(entry.get("parent").asText()).isEqualTo(first);
    assertThat(entry.get("kind").asText()).isEqualTo("manual");
    assertThat(entry.get("hasMemory").asBoolean()).isTrue();
    assertThat(entry.get("label").asText()).isEqualTo("second");
    assertThat(entry.get("note").asText()).isEqualTo("before the upgrade");
    assertThat(entry.get("sizeBytes").asLong()).isEqualTo(9 << 20);
    assertThat(entry.get("newBytes").asLong()).isLessThan(9 << 20);
    assertThat(entry.get("frozenMillis").asLong()).isEqualTo(40);
    assertThat(rig.get(CHECKPOINTS + "/second").json()).isEqualTo(entry);
    assertThat(rig.state("web1")).isEqualTo("running");
  }

  @Test
  void findsACheckpointByIdBeginningAndLabelOnly() {
    String first = checkpoint("{\"label\": \"first\"}");
    String second = checkpoint("{}");
    String common = first.substring(0, 4);

    assertThat(rig.get(CHECKPOINTS + "/" + first).json().get("id").asText()).isEqualTo(first);
    assertThat(rig.get(CHECKPOINTS + "/" + first.substring(0, first.length() - 1)).status())
        .isEqualTo(200);
    assertThat(rig.get(CHECKPOINTS + "/first").json().get("id").asText()).isEqualTo(first);
    assertThat(rig.get(CHECKPOINTS + "/fir").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.get(CHECKPOINTS + "/1999").message())
        .isEqualTo(
            "there is no checkpoint '1999' of VPS 'web1': none of its timeline has that id or"
                + " label. List them with 'letargo timeline web1'.");
    Rig.Answer ambiguous = rig.get(CHECKPOINTS + "/" + common);
    assertThat(ambiguous.error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(ambiguous.message())
        .isEqualTo(
            "checkpoint '"
                + common
                + "' of VPS 'web1' is not clear: 2 begin like that: "
                + first
                + ", "
                + second
                + ". Give more of the id, or a label.");
  }

  @Test
  void marksACheckpoint() {
    String id = checkpoint("{\"label\": \"old\", \"note\": \"n\"}");

    JsonNode marked = patch("old", "{\"label\": \"new\", \"pinned\": true}").json();

    assertThat(marked.get("label").asText()).isEqualTo("new");
    assertThat(marked.get("note").asText()).isEqualTo("n");
    assertThat(marked.get("pinned").asBoolean()).isTrue();
    assertThat(patch(id, "{\"label\": \"\", \"note\": \"\"}").json().has("label")).isFalse();
    assertThat(patch(id, "{\"label\": \"1st\"}").error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(patch(id, "{\"colour\": \"red\"}").error()).isEqualTo("400 INVALID_REQUEST");
  }

  @Test
  void refusesALabelThatAnotherCheckpointHas() {
    checkpoint("{\"label\": \"first\"}");
    String other = checkpoint("{}");

    assertThat(patch(other, "{\"label\": \"first\"}").error()).isEqualTo("409 NAME_TAKEN");
    assertThat(outcome(rig.end(rig.post(CHECKPOINTS, "{\"label\": \"first\"}"))))
        .isEqualTo("failed NAME_TAKEN");
    assertThat(kinds()).hasSize(2);
  }

  @Test
  void rewindsAndKeepsThePresent() {
    checkpoint("{\"label\": \"first\"}");
    checkpoint("{}");

    Rig.Answer accepted = rig.post("/v1/vps/web1/rewind", "{\"checkpoint\": \"first\"}");

    assertThat(accepted.json().get("kind").asText()).isEqualTo("rewind");
    assertThat(outcome(rig.end(accepted))).isEqualTo("succeeded");
    assertThat(kinds()).containsExactly("manual", "manual", "before-rewind");
    assertThat(timeline().get("here").asText())
        .isEqualTo(timeline().at("/checkpoints/0/id").asText());
    rig.end(
        rig.post("/v1/vps/web1/rewind", "{\"checkpoint\": \"first\", \"discardCurrent\": true}"));
    assertThat(kinds()).hasSize(3);
  }

  @Test
  void forgetsOnlyWhatIsNotPinned() {
    checkpoint("{\"label\": \"first\"}");
    patch("first", "{\"pinned\": true}");

    assertThat(outcome(rig.end(rig.delete(CHECKPOINTS + "/first"))))
        .isEqualTo("failed WRONG_STATE");
    patch("first", "{\"pinned\": false}");
    assertThat(outcome(rig.end(rig.delete(CHECKPOINTS + "/first")))).isEqualTo("succeeded");
    assertThat(timeline().get("checkpoints")).isEmpty();
    assertThat(rig.delete(CHECKPOINTS + "/first").error()).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void clonesACheckpointWhileItsVpsIsBeingChanged() {
    checkpoint("{\"label\": \"warm\"}");
    Trap trap = rig.hook().hold(HookRequest.SuspendVps.class, Moment.HALFWAY);
    Rig.Answer suspending = rig.post("/v1/vps/web1/suspend");
    trap.awaitReached();

    Rig.Answer accepted =
        rig.post("/v1/vps/web1/clone", "{\"name\": \"web2\", \"checkpoint\": \"warm\"}");

    assertThat(accepted.json().get("vps").asText()).isEqualTo("web2");
    assertThat(outcome(rig.end(accepted))).isEqualTo("succeeded");
    assertThat(rig.state("web2")).isEqualTo("running");
    trap.release();
    rig.end(suspending);
    assertThat(rig.get("/v1/vps/web2/checkpoints").json().at("/checkpoints/0/kind").asText())
        .isEqualTo("clone");
  }

  @Test
  void holdsAVpsStillWhileItsPresentIsCloned() {
    Trap trap = rig.hook().hold(HookRequest.CloneVps.class, Moment.HALFWAY);
    Rig.Answer accepted =
        rig.post(
            "/v1/vps/web1/clone",
            "{\"name\": \"web2\", \"address\": \"10.77.0.9\", \"publish\": [\"8080:80\"]}");
    trap.awaitReached();

    assertThat(rig.state("web1")).isEqualTo("cloning");
    assertThat(rig.state("web2")).isEqualTo("cloning");
    assertThat(rig.post("/v1/vps/web1/suspend").error()).isEqualTo("409 BUSY");
    trap.release();
    rig.end(accepted);

    JsonNode clone = rig.get("/v1/vps/web2").json();
    assertThat(clone.get("state").asText()).isEqualTo("running");
    assertThat(clone.get("address").asText()).isEqualTo("10.77.0.9");
    assertThat(clone.get("publish").toString()).isEqualTo("[\"8080:80\"]");
    assertThat(rig.state("web1")).isEqualTo("running");
  }

  @Test
  void refusesACloneOfWhatIsNotThereOrIntoWhatIs() {
    assertThat(
            rig.post("/v1/vps/web1/clone", "{\"name\": \"web2\", \"checkpoint\": \"x\"}").error())
        .isEqualTo("404 NOT_FOUND");
    assertThat(rig.post("/v1/vps/nobody/clone", "{\"name\": \"web2\"}").error())
        .isEqualTo("404 NOT_FOUND");
    assertThat(rig.post("/v1/vps/web1/clone", "{\"name\": \"web1\"}").error())
        .isEqualTo("409 NAME_TAKEN");
    assertThat(rig.get("/v1/vps/web2").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.state("web1")).isEqualTo("running");
  }

  @Test
  void refusesToCheckpointASuspendedVps() {
    rig.end(rig.post("/v1/vps/web1/suspend"));

    assertThat(rig.post(CHECKPOINTS).message())
        .isEqualTo("cannot checkpoint VPS 'web1': it is suspended. It is in a checkpoint already.");
    assertThat(kinds()).containsExactly("suspend");
  }

  @Test
  void answersForAVpsThatIsNotThere() {
    assertThat(rig.get("/v1/vps/nobody/checkpoints").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.post("/v1/vps/nobody/checkpoints").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.post("/v1/vps/nobody/rewind", "{\"checkpoint\": \"x\"}").error())
        .isEqualTo("404 NOT_FOUND");
    assertThat(rig.get("/v1/vps/nobody/checkpoints/x/archive").error()).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void downloadsACheckpointOfARunningVps() throws Exception {
    String id = checkpoint("{\"label\": \"first\"}");

    HttpResponse<InputStream> download =
        rig.http()
            .send(
                rig.request(CHECKPOINTS + "/first/archive").build(), BodyHandlers.ofInputStream());
    var imported =
        rig.upload("/v1/archives?name=web2", BodyPublishers.ofInputStream(download::body));

    assertThat(download.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"web1-" + id + ".letargo\"");
    assertThat(outcome(rig.end(imported))).isEqualTo("succeeded");
    assertThat(rig.state("web1")).isEqualTo("running");
    assertThat(rig.state("web2")).isEqualTo("suspended");
    assertThat(rig.get("/v1/audit").json().get("entries").findValuesAsText("action"))
        .contains("exportCheckpoint");
  }

  @ParameterizedTest
  @CsvSource({"BEGUN", "HALFWAY", "COMMITTED"})
  void isFollowedToItsEndByTheNextManager(Moment moment) {
    Trap trap = rig.hook().hold(HookRequest.CheckpointVps.class, moment);
    Rig.Answer accepted = rig.post(CHECKPOINTS);
    trap.awaitReached();

    rig.stopManager();
    rig.startManager();
    assertThat(rig.state("web1")).isEqualTo("checkpointing");
    trap.release();

    JsonNode ended = rig.end(accepted);
    assertThat(outcome(ended)).isEqualTo("succeeded");
    assertThat(ended.get("checkpoint").asText()).isEqualTo(timeline().get("here").asText());
    assertThat(rig.state("web1")).isEqualTo("running");
  }

  @ParameterizedTest
  @CsvSource({
    "RECEIVED, failed INTERRUPTED, 1, running",
    "HALFWAY, failed INTERRUPTED, 1, running",
    "COMMITTED, succeeded, 2, running"
  })
  void endsAsTheHookSaysWhenItHasDiedAndComesBack(
      Moment moment, String outcome, int checkpoints, String state) throws IOException {
    checkpoint("{\"label\": \"first\"}");
    Trap trap = rig.hook().dieAt(HookRequest.RewindVps.class, moment);
    Rig.Answer accepted = rig.post("/v1/vps/web1/rewind", "{\"checkpoint\": \"first\"}");
    trap.awaitReached();
    await().until(() -> !rig.manager().hookIsUp());
    assertThat(rig.state("web1")).isEqualTo("rewinding");

    rig.hook().start();

    assertThat(outcome(rig.end(accepted))).isEqualTo(outcome);
    await().until(() -> rig.manager().hookIsUp());
    assertThat(rig.state("web1")).isEqualTo(state);
    assertThat(kinds()).hasSize(checkpoints);
  }

  @Test
  void namesTheCheckpointAlsoWhenTheHookDiedBeforeItCouldSay() throws IOException {
    Trap trap = rig.hook().dieAt(HookRequest.CheckpointVps.class, Moment.COMMITTED);
    Rig.Answer accepted = rig.post(CHECKPOINTS);
    trap.awaitReached();
    rig.hook().start();

    assertThat(rig.end(accepted).get("checkpoint").asText())
        .isEqualTo(timeline().get("here").asText());
    String id = accepted.json().get("id").asText();
    rig.stopManager();
    rig.startManager();
    assertThat(rig.get("/v1/operations/" + id).json().get("checkpoint").asText())
        .isEqualTo(timeline().get("here").asText());
  }

  @Test
  void countsInTheMetrics() {
    checkpoint("{}");

    assertThat(rig.send(rig.request("/metrics").GET()).response().body())
        .contains("letargo_operations_seconds_count{kind=\"checkpoint\",outcome=\"succeeded\"} 1");
  }
}
