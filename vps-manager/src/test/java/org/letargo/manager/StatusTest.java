package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health, metrics, host, templates, the document and the headers of all answers. */
class StatusTest {
  @TempDir Path dir;
  private Rig rig;

  @BeforeEach
  void start() throws IOException {
    rig = Rig.start(dir);
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  private Rig.Answer open(String path) {
    return rig.send(HttpRequest.newBuilder(rig.uri(path)).GET());
  }

  @Test
  void tellsItsHealthAndComesBackWithTheHook() throws IOException {
    rig.create("web1");
    assertThat(open("/health").response().body()).isEqualTo("{\"status\":\"up\",\"hook\":\"up\"}");

    rig.hook().die();
    await().until(() -> open("/health").status() == 503);
    assertThat(open("/health").json().get("hook").asText()).isEqualTo("down");
    assertThat(rig.get("/v1/vps/web1").status()).as("what is known stays known").isEqualTo(200);
    assertThat(rig.post("/v1/vps/web1/start").error()).isEqualTo("503 HOOK_UNREACHABLE");
    assertThat(rig.get("/v1/host").error()).isEqualTo("503 HOOK_UNREACHABLE");

    rig.hook().start();
    await().until(() -> open("/health").status() == 200);
    assertThat(rig.end(rig.post("/v1/vps/web1/start")).get("state").asText())
        .isEqualTo("succeeded");
  }

  @Test
  void startsWithoutAHookAndFindsItLater() throws IOException {
    rig.create("web1");
    rig.stopManager();
    rig.hook().die();

    rig.startManager();

    assertThat(rig.get("/v1/vps").error()).isEqualTo("503 HOOK_UNREACHABLE");
    assertThat(rig.get("/v1/vps/web1").error()).isEqualTo("503 HOOK_UNREACHABLE");
    rig.hook().start();
    await().until(() -> rig.get("/v1/vps/web1").status() == 200);
  }

  @Test
  void measures() {
    rig.createRunning("web1");
    rig.create("web2");

    String metrics = open("/metrics").response().body();

    assertThat(metrics)
        .contains("letargo_vps{state=\"running\"} 1.0")
        .contains("letargo_vps{state=\"stopped\"} 1.0")
        .contains("letargo_vps{state=\"changing\"} 0.0")
        .contains("letargo_hook_up 1.0")
        .contains("letargo_operations_seconds_count{kind=\"start\",outcome=\"succeeded\"} 1")
        .contains("vertx_http_server");
  }

  @Test
  void describesTheHost() {
    rig.create("web1");

    JsonNode host = rig.get("/v1/host").json();

    assertThat(host.get("hostName").asText()).isEqualTo("fake");
    assertThat(host.get("memoryTotalBytes").asLong()).isEqualTo(4096L << 20);
    assertThat(host.get("vpsCounts").toString()).isEqualTo("{\"stopped\":1}");
    assertThat(host.get("managerVersion").asText()).isNotEmpty();
  }

  @Test
  void listsBuildsAndAddsTemplates() {
    assertThat(rig.get("/v1/templates").json().get("templates").toString())
        .isEqualTo(
            "[{\"name\":\"debian-12\",\"description\":\"Debian 12 with systemd\",\"built\":false,"
                + "\"sizeBytes\":0},{\"name\":\"tiny\",\"description\":\"busybox\",\"built\":true,"
                + "\"sizeBytes\":2097152}]");

    JsonNode built = rig.end(rig.post("/v1/templates/debian-12/build"));
    assertThat(built.get("state").asText()).isEqualTo("succeeded");
    assertThat(built.get("kind").asText()).isEqualTo("template-build");
    assertThat(built.get("template").asText()).isEqualTo("debian-12");
    JsonNode added = rig.end(put("/v1/templates/mine", 100_000));
    assertThat(added.get("state").asText()).isEqualTo("succeeded");
    JsonNode mine = rig.get("/v1/templates").json().get("templates").get(1);
    assertThat(mine.get("name").asText()).isEqualTo("mine");
    assertThat(mine.get("sizeBytes").asLong()).isEqualTo(100_000);

    assertThat(put("/v1/templates/mine", 10).error()).isEqualTo("409 NAME_TAKEN");
    assertThat(put("/v1/templates/Not%20Mine", 10).error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(rig.post("/v1/templates/gentoo/build").error()).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void carriesTemplatesAwayAndRemovesThem() throws Exception {
    rig.create("web1");
    var download =
        rig.http()
            .send(
                rig.request("/v1/templates/tiny/archive").GET().build(),
                java.net.http.HttpResponse.BodyHandlers.ofByteArray());
    assertThat(download.statusCode()).isEqualTo(200);
    assertThat(download.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"tiny.template.tar.zst\"");
    JsonNode export = rig.end(download.headers().firstValue("Letargo-Operation").orElseThrow());
    assertThat(export.get("kind").asText()).isEqualTo("template-export");

    var copied =
        rig.send(
            rig.request("/v1/templates/copy")
                .header("Content-Type", "application/zstd")
                .PUT(BodyPublishers.ofByteArray(download.body())));
    assertThat(rig.end(copied).get("state").asText()).isEqualTo("succeeded");
    JsonNode copy = rig.get("/v1/templates").json().at("/templates/0");
    assertThat(copy.get("name").asText()).isEqualTo("copy");
    assertThat(copy.get("description").asText()).isEqualTo("busybox");

    JsonNode needed = rig.end(rig.delete("/v1/templates/tiny"));
    assertThat(needed.at("/error/code").asText()).isEqualTo("WRONG_STATE");
    assertThat(needed.at("/error/why").asText()).contains("'web1'");
    assertThat(rig.end(rig.delete("/v1/templates/copy")).get("kind").asText())
        .isEqualTo("template-remove");
    assertThat(rig.delete("/v1/templates/copy").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.get("/v1/templates/copy/archive").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.get("/v1/templates/debian-12/archive").error()).isEqualTo("404 NOT_FOUND");
  }

  private Rig.Answer put(String path, int bytes) {
    return rig.send(
        rig.request(path)
            .header("Content-Type", "application/x-tar")
            .PUT(BodyPublishers.ofByteArray(new byte[bytes])));
  }

  @Test
  void letsBrowsersDoOnlyWhatTheConsoleNeeds() {
    for (String path : new String[] {"/health", "/v1/vps", "/nothing", "/openapi.yaml"}) {
      var headers = open(path).response().headers();
      assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
          .startsWith("default-src 'self'")
          .doesNotContain("unsafe");
      assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(headers.firstValue("X-Frame-Options")).contains("DENY");
    }
    assertThat(open("/v1/vps").response().headers().firstValue("Cache-Control"))
        .contains("no-store");
  }

  @Test
  void servesTheFilesOfTheConsole() {
    for (int i = 0; i < 2; i++) { // read, then from memory
      var probe = open("/probe/probe.js");
      assertThat(probe.status()).isEqualTo(200);
      assertThat(probe.response().headers().firstValue("Content-Type"))
          .contains("text/javascript; charset=utf-8");
      assertThat(probe.response().body()).isEqualTo("export const probe = 1;\n");
    }
    assertThat(open("/probe/").status()).isEqualTo(404);
    assertThat(open("/probe").status()).isEqualTo(404);
  }

  @Test
  void showsItsDocument() {
    assertThat(open("/openapi.yaml").response().body()).startsWith("openapi: 3.1.0");
  }
}
