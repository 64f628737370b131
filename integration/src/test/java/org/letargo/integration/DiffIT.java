package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Vps;

/** What programs really did between two checkpoints is what is told to be different. */
class DiffIT {
  private static final int PORT = 5099;
  private static final long HELD_BYTES = 8 << 20;

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @Test
  void tellsProcessesSocketsMemoryAndFiles() {
    Vps vps = letargo.get().createAndStart("differs", "tiny");
    String before = checkpoint(vps);
    vps.daemon("server", "/usr/sbin/httpd -f -p " + PORT + " -h /root");
    vps.daemon(
        "holder",
        "/bin/sh -c 'x=$(head -c %d /dev/zero | tr \"\\0\" x); while :; do sleep 100; done'"
            .formatted(HELD_BYTES));
    Awaitility.await("the server listens, the shell holds its text")
        .until(() -> vps.sh("netstat -ltn").contains(":" + PORT) && rssBytes(vps) > HELD_BYTES);
    vps.sh("echo hello > /root/new && rm /etc/inittab && echo x >> /etc/passwd");
    String after = checkpoint(vps);

    JsonNode there = diff(before, after);
    JsonNode back = diff(after, before);

    JsonNode server = only(there.path("processes"), "name", "httpd", "change", "new");
    assertThat(server.path("program").asText()).isNotEmpty();
    assertThat(only(back.path("processes"), "pid", server.path("pid").asText(), "change", "gone"))
        .isNotNull();
    assertThat(memory(there, "changedBytes")).isGreaterThan(HELD_BYTES);
    assertThat(memory(there, "afterBytes") - memory(there, "beforeBytes"))
        .isGreaterThan(HELD_BYTES);
    JsonNode socket = only(there.path("sockets"), "state", "listening", "change", "added");
    assertThat(socket.path("local").asText()).endsWith(":" + PORT);
    assertThat(socket.path("protocol").asText()).startsWith("tcp");
    only(there.path("files"), "path", "/root/new", "change", "added");
    only(there.path("files"), "path", "/etc/inittab", "change", "removed");
    only(there.path("files"), "path", "/etc/passwd", "change", "changed");
    only(back.path("files"), "path", "/etc/inittab", "change", "added");
    assertThat(diff(after, after).path("processes")).isEmpty();
    assertThat(diff(after, after).at("/memory/changedBytes").asLong()).isZero();
  }

  private static long rssBytes(Vps vps) {
    return Long.parseLong(
            vps.sh("cat /proc/[0-9]*/statm 2>/dev/null | cut -d' ' -f2 | sort -n | tail -1"))
        * 4096;
  }

  private static String checkpoint(Vps vps) {
    return letargo
        .get()
        .api()
        .run("POST", "/v1/vps/" + vps.name() + "/checkpoints")
        .json()
        .at("/checkpoint")
        .asText();
  }

  private static JsonNode diff(String before, String after) {
    return letargo.get().api().get("/v1/vps/differs/checkpoints/" + before + "/diff?to=" + after);
  }

  private static long memory(JsonNode diff, String what) {
    return diff.path("memory").path(what).asLong();
  }

  /** The one that has both values. */
  private static JsonNode only(
      JsonNode list, String key, String value, String otherKey, String otherValue) {
    var found =
        StreamSupport.stream(list.spliterator(), false)
            .filter(item -> item.path(key).asText().equals(value))
            .filter(item -> item.path(otherKey).asText().equals(otherValue))
            .toList();
    assertThat(found).as(key + " " + value + " in " + list).hasSize(1);
    return found.getFirst();
  }
}
