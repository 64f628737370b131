package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.testing.Moment;
import org.letargo.hook.protocol.testing.Trap;

/** Server-sent events. */
class EventsTest {
  @TempDir Path dir;
  private Rig rig;

  /** One stream of events, read on a thread of its own. */
  private final class Stream implements AutoCloseable {
    private final InputStream body;
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final Thread reader;

    Stream(String path) throws IOException, InterruptedException {
      this(rig.request(path));
    }

    Stream(java.net.http.HttpRequest.Builder request) throws IOException, InterruptedException {
      var response = rig.http().send(request.build(), BodyHandlers.ofInputStream());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
      body = response.body();
      reader = Thread.ofVirtual().start(this::read);
    }

    private void read() {
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
        String name = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("event: ")) {
            name = line.substring("event: ".length());
          } else if (line.startsWith("data: ")) {
            events.add(name + " " + words(line.substring("data: ".length())));
          }
        }
        events.add("end");
      } catch (IOException e) {
        events.add("broken");
      }
    }

    private static String words(String data) throws IOException {
      JsonNode json = new ObjectMapper().readTree(data);
      String name = json.path("name").asText(json.path("kind").asText());
      return (name + " " + json.path("state").asText()).strip();
    }

    List<String> events() {
      return events;
    }

    @Override
    public void close() throws IOException {
      body.close();
    }
  }

  @BeforeEach
  void start() throws IOException {
    rig = Rig.start(dir);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  @Test
  void endsForATokenThatIsRevokedAndForNoOther() throws Exception {
    String token =
        rig.post("/v1/tokens", "{\"name\":\"looker\",\"role\":\"viewer\"}")
            .json()
            .get("token")
            .asText();
    try (Stream mine = new Stream("/v1/events");
        Stream theirs =
            new Stream(
                java.net.http.HttpRequest.newBuilder(rig.uri("/v1/events"))
                    .header("Authorization", "Bearer " + token))) {
      assertThat(rig.delete("/v1/tokens/looker").status()).isEqualTo(204);

      await().until(() -> theirs.events().contains("end"));
      rig.create("web1");
      await().until(() -> mine.events().contains("vps web1 stopped"));
      assertThat(mine.events()).doesNotContain("end", "broken");
      assertThat(theirs.events()).containsExactly("end");
    }
  }

  @Test
  void tellsFirstAllVpsesAndThenWhatChanges() throws Exception {
    rig.create("web1");
    rig.create("web2");
    try (Stream stream = new Stream("/v1/events")) {
      await().untilAsserted(() -> assertThat(stream.events()).hasSize(2));
      assertThat(stream.events()).containsExactly("vps web1 stopped", "vps web2 stopped");

      rig.end(rig.post("/v1/vps/web1/start"));
      rig.end(rig.delete("/v1/vps/web2"));

      await()
          .untilAsserted(() ->
              assertThat(stream.events())
                  .contains(
                      "vps web1 running",
                      "operation start succeeded",
                      "vps-gone web2",
                      "operation destroy succeeded"));
    }
  }

  @Test
  void tellsTheStateWhileItChanges() throws Exception {
    rig.createRunning("web1");
    try (Stream stream = new Stream("/v1/events")) {
      Trap trap = rig.hook().hold(HookRequest.SuspendVps.class, Moment.HALFWAY);
      var accepted = rig.post("/v1/vps/web1/suspend");
      await()
          .untilAsserted(() ->
              assertThat(stream.events())
                  .contains("vps web1 suspending", "operation suspend running"));
      trap.release();
      rig.end(accepted);
      await().untilAsserted(() -> assertThat(stream.events()).contains("vps web1 suspended"));
    }
  }

  @Test
  void followsOneOperationToItsEnd() throws Exception {
    rig.createRunning("web1");
    Trap trap = rig.hook().hold(HookRequest.SuspendVps.class, Moment.HALFWAY);
    var accepted = rig.post("/v1/vps/web1/suspend");
    String path = "/v1/operations/" + accepted.json().get("id").asText() + "/events";
    try (Stream stream = new Stream(path)) {
      await()
          .untilAsserted(() -> assertThat(stream.events()).contains("operation suspend running"));

      trap.release();

      await().untilAsserted(() -> assertThat(stream.events()).contains("end"));
      assertThat(stream.events().reversed().subList(0, 2))
          .containsExactly("end", "operation suspend succeeded");
    }
    try (Stream ended = new Stream(path)) {
      await()
          .untilAsserted(() ->
              assertThat(ended.events()).containsExactly("operation suspend succeeded", "end"));
    }
  }

  @Test
  void sendsFewEventsOfAnOperationWithMuchProgress() throws Exception {
    rig.createSuspended("web1");
    rig.hook().archiveBytes(64 << 20); // a thousand reports of progress
    try (Stream stream = new Stream("/v1/events")) {
      rig.http().send(rig.request("/v1/vps/web1/archive").build(), BodyHandlers.discarding());
      await()
          .untilAsserted(() -> assertThat(stream.events()).contains("operation export succeeded"));

      List<String> exports = new ArrayList<>(stream.events());
      exports.removeIf(event -> !event.startsWith("operation export"));
      assertThat(exports).hasSizeLessThan(100);
    }
  }

  @Test
  void noticesThatAListenerIsGone() throws Exception {
    rig.create("web1");
    for (int i = 0; i < 300; i++) { // more than may listen at once
      try (Stream stream = new Stream("/v1/events")) {
        await().pollInterval(Duration.ofMillis(2)).until(() -> !stream.events().isEmpty());
      }
    }
  }
}
