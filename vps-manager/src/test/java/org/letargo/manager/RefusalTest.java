package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the manager does not do, with status, code and a message that says what, why, what to do.
 */
class RefusalTest {
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

  @ParameterizedTest
  @ValueSource(strings = {"start", "stop", "restart", "suspend", "resume", "pause", "unpause"})
  void refusesChangesOfAnUnknownVps(String verb) {
    var refused = rig.post("/v1/vps/nobody/" + verb);

    assertThat(refused.error()).isEqualTo("404 NOT_FOUND");
    assertThat(refused.message())
        .isEqualTo(
            "there is no VPS 'nobody': none of that name is on this host. List them with 'letargo"
                + " list'.");
  }

  @Test
  void refusesToLookAtDestroyAndExportAnUnknownVps() {
    assertThat(rig.get("/v1/vps/nobody").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.delete("/v1/vps/nobody").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.get("/v1/vps/nobody/archive").error()).isEqualTo("404 NOT_FOUND");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%2Fb", "..%2F..", "A", "web_1", "%00", "caf%C3%A9"})
  void refusesNamesThatNoVpsCanHave(String name) {
    assertThat(rig.get("/v1/vps/" + name).error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(rig.post("/v1/vps/" + name + "/start").error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(rig.delete("/v1/vps/" + name).error()).isEqualTo("400 INVALID_REQUEST");
  }

  @Test
  void refusesANameOf300Characters() {
    String name = "a".repeat(300);

    assertThat(rig.get("/v1/vps/" + name).error()).isEqualTo("400 INVALID_REQUEST");
    var created = rig.post("/v1/vps", "{\"name\":\"" + name + "\",\"template\":\"tiny\"}");
    assertThat(created.error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(created.message()).contains("... (300 characters)'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name':'web1','template':'tiny','colour':'blue'} | colour",
        "{'template':'tiny'} | name",
        "{'name':'web1'} | template",
        "{'name':'web1','template':'tiny','cpus':'many'} | cpus",
        "{'name':'web1','template':'tiny','cpus':0.01} | 0.05",
        "{'name':'web1','template':'tiny','cpus':1e300} | 1024",
        "{'name':'web1','template':'tiny','memoryBytes':1024} | 16 MiB",
        "{'name':'web1','template':'tiny','memoryBytes':0} | memoryBytes",
        "{'name':'web1','template':'tiny','pids':1} | from 16",
        "{'name':'web1','template':'tiny','pids':null} | pids",
        "{'name':'web1','template':'tiny','address':'10.77.0.300'} | 10.77.0.300",
        "{'name':'web1','template':'tiny','publish':['80']} | '80'",
        "{'name':'web1','template':'../etc'} | '../etc'",
        "{'name':'web/1','template':'tiny'} | 'web/1'",
        "[] | object",
        "{ | JSON",
      })
  void refusesMalformedWishesAndNamesWhatIsWrong(String body, String named) {
    var refused = rig.post("/v1/vps", body.replace('\'', '"'));

    assertThat(refused.error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(refused.message()).containsIgnoringCase(named);
    assertThat(rig.get("/v1/vps").json().get("vps")).isEmpty();
  }

  @Test
  void refusesAnEmptyBodyAndOneThatIsNotSaidToBeJson() {
    assertThat(rig.post("/v1/vps").error()).isEqualTo("400 INVALID_REQUEST");
    var plain =
        rig.send(rig.request("/v1/vps").POST(BodyPublishers.ofString("{\"name\":\"web1\"}")));
    assertThat(plain.error()).isEqualTo("400 INVALID_REQUEST");
  }

  @Test
  void refusesABodyThatIsTooLong() {
    String name = "a".repeat(70_000);
    var refused = rig.post("/v1/vps", "{\"name\":\"" + name + "\",\"template\":\"tiny\"}");

    assertThat(refused.error()).isEqualTo("413 INVALID_REQUEST");
  }

  @Test
  void refusesWhatIsTakenOrUnknown() {
    rig.end(
        rig.post(
            "/v1/vps",
            "{\"name\":\"web1\",\"template\":\"tiny\",\"address\":\"10.77.0.5\","
                + "\"publish\":[\"8080:80\"]}"));

    assertThat(create("{'name':'web1','template':'tiny'}")).isEqualTo("409 NAME_TAKEN");
    assertThat(create("{'name':'web2','template':'tiny','address':'10.77.0.5'}"))
        .isEqualTo("409 ADDRESS_IN_USE");
    assertThat(create("{'name':'web2','template':'tiny','publish':['8080:81']}"))
        .isEqualTo("409 PORT_IN_USE");
    assertThat(create("{'name':'web2','template':'gentoo'}")).isEqualTo("404 NOT_FOUND");
    var notBuilt = rig.post("/v1/vps", "{\"name\":\"web2\",\"template\":\"debian-12\"}");
    assertThat(rig.end(notBuilt).at("/error/code").asText()).isEqualTo("WRONG_STATE");
    assertThat(rig.get("/v1/vps/web2").error()).isEqualTo("404 NOT_FOUND");
  }

  private String create(String json) {
    return rig.post("/v1/vps", json.replace('\'', '"')).error();
  }

  @Test
  void refusesChangesThatTheStateDoesNotAllow() {
    rig.create("web1");
    for (String verb : List.of("stop", "restart", "suspend", "resume", "pause", "unpause")) {
      assertThat(rig.post("/v1/vps/web1/" + verb).error()).as(verb).isEqualTo("409 WRONG_STATE");
    }
    rig.end(rig.post("/v1/vps/web1/start"));
    for (String verb : List.of("start", "resume", "unpause")) {
      assertThat(rig.post("/v1/vps/web1/" + verb).error()).as(verb).isEqualTo("409 WRONG_STATE");
    }
    assertThat(rig.get("/v1/vps/web1/archive").error()).isEqualTo("409 WRONG_STATE");
    assertThat(rig.post("/v1/vps/web1/resume").message())
        .isEqualTo("cannot resume VPS 'web1': it is running. There is nothing to do.");
    assertThat(rig.get("/v1/operations?vps=web1").json().get("operations")).hasSize(1);
  }

  @Test
  void takesAGraceTimeAndRefusesOthers() {
    rig.createRunning("web1");

    for (String body : List.of("{\"graceSeconds\":-1}", "{\"graceSeconds\":3601}", "{\"x\":1}")) {
      assertThat(rig.post("/v1/vps/web1/stop", body).error()).isEqualTo("400 INVALID_REQUEST");
    }
    assertThat(rig.end(rig.post("/v1/vps/web1/stop", "{\"graceSeconds\":0}")).get("state").asText())
        .isEqualTo("succeeded");
  }

  @Test
  void refusesPathsMethodsAndParametersThatItDoesNotHave() {
    assertThat(rig.get("/v1/nothing").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.get("/v1/vps/a/b").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.send(rig.request("/v1/vps").method("PATCH", BodyPublishers.noBody())).error())
        .isEqualTo("405 INVALID_REQUEST");
    assertThat(rig.get("/v1/operations?limit=0").error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(rig.get("/v1/operations?limit=many").error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(rig.get("/v1/operations/op-1").error()).isEqualTo("400 INVALID_REQUEST");
    assertThat(rig.get("/v1/operations/op-000000000000").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.get("/v1/operations/op-000000000000/events").error()).isEqualTo("404 NOT_FOUND");
    assertThat(rig.delete("/v1/operations/op-000000000000").error()).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void servesFilesOfTheConsoleOnly() {
    for (String path :
        List.of(
            "/../web/openapi.yaml",
            "/%2e%2e/web/openapi.yaml",
            "/..%2fweb/openapi.yaml",
            "//etc/passwd",
            "/logback.xml",
            "/Manager.class",
            "/console/")) {
      assertThat(rig.send(HttpRequest.newBuilder(rig.uri(path)).GET()).status())
          .as(path)
          .isIn(400, 404);
    }
  }
}
