package org.letargo.manager;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a VPS can move to another host, through two managers and two hooks. */
class CheckMigrationTest {
  @TempDir Path dir;
  private TwoHosts hosts;
  private Rig here;
  private Rig there;

  @BeforeEach
  void start() throws IOException {
    hosts = TwoHosts.start(dir);
    here = hosts.here();
    there = hosts.there();
  }

  @AfterEach
  void close() throws IOException {
    hosts.close();
  }

  private Rig.Answer check() {
    return here.post("/v1/vps/web1/migrate/check", "{\"peer\":\"there\"}");
  }

  private static JsonNode verdict(JsonNode found, String topic) {
    for (JsonNode verdict : found.get("verdicts")) {
      if (verdict.get("topic").asText().equals(topic)) {
        return verdict;
      }
    }
    throw new AssertionError("nothing on " + topic);
  }

  @Test
  void findsNothingInTheWay() {
    JsonNode found = check().json();

    assertThat(found.get("admitted").asBoolean()).as("%s", found).isTrue();
    assertThat(found.get("vps").asText()).isEqualTo("web1");
    assertThat(found.get("peer").asText()).isEqualTo("there");
    assertThat(verdict(found, "template").get("finding").asText())
        .isEqualTo("its template 'tiny' is there");
    assertThat(there.get("/v1/vps").json().get("vps")).as("nothing is reserved").isEmpty();
    for (JsonNode entry : there.get("/v1/audit").json().get("entries")) {
      assertThat(entry.get("action").asText()).isNotEqualTo("peer.admission");
    }
  }

  @Test
  void findsWhatIsTakenThere() {
    there.create("web1");

    JsonNode found = check().json();

    assertThat(found.get("admitted").asBoolean()).isFalse();
    assertThat(verdict(found, "name").get("level").asText()).isEqualTo("refused");
    assertThat(verdict(found, "address").get("finding").asText())
        .isEqualTo("VPS 'web1' has its address 10.77.0.2");
  }

  @Test
  void saysWhomItCannotAsk() {
    assertThat(here.post("/v1/vps/web1/migrate/check", "{\"peer\":\"nobody\"}").error())
        .isEqualTo("404 NOT_FOUND");
    assertThat(here.post("/v1/vps/none/migrate/check", "{\"peer\":\"there\"}").error())
        .isEqualTo("404 NOT_FOUND");
    assertThat(here.post("/v1/vps/web1/migrate/check", "{}").error())
        .isEqualTo("400 INVALID_REQUEST");
    there.delete("/v1/peers/here");
    assertThat(check().error()).isEqualTo("409 PEER_REFUSED");
    there.stopManager();
    assertThat(check().error()).isEqualTo("503 PEER_UNREACHABLE");
    there.startManager();
  }
}
