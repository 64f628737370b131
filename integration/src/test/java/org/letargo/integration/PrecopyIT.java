package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.TempFolder;
import org.letargo.integration.harness.TemplateCache;
import org.letargo.integration.harness.TestHost;
import org.letargo.integration.harness.Vps;

/** Most of a VPS has gone to another host before it stands still. */
class PrecopyIT {
  private static final long MEBIBYTE = 1L << 20;

  private Path folder;
  private Instance here;
  private TestHost host;
  private Instance there;

  @BeforeEach
  void start() throws IOException {
    folder = TempFolder.create("lt-precopy-");
    here = Instance.start(Instance.Options.DEFAULT.withTemplates(templates("mine")));
    host = TestHost.another();
    there =
        Instance.start(
            Instance.Options.DEFAULT
                .on(host)
                .withSubnet(here.subnet())
                .withTemplates(templates("theirs")));
    String token = letargo(there, "peer", "token").strip();
    letargo(here, "peer", "add", "there", there.peerUrl(), "--token", token, "--as", "here");
  }

  @AfterEach
  void close() {
    try (Instance _ = here;
        TestHost _ = host;
        Instance _ = there) {
      // each is closed, also if another one fails
    } finally {
      TempFolder.delete(folder);
    }
  }

  private Path templates(String name) throws IOException {
    Path own = Files.createDirectory(folder.resolve(name));
    TemplateCache.copyOf("tiny", own);
    return own;
  }

  private static String letargo(Instance instance, String... line) {
    HostCommand.Result result = instance.cli().run(line);
    assertThat(result.status()).as(() -> List.of(line) + ": " + result.errors()).isZero();
    return result.output();
  }

  private JsonNode moved() {
    JsonNode moved = here.api().newest("migrate").json().path("moved");
    System.out.println(moved);
    return moved;
  }

  /** The chunks of memory that was read from /proc are those of the engine's dump. */
  @Test
  void anIdleProgramIsThereBeforeItStandsStill() {
    Vps web = here.createAndStart("web1", "tiny");
    fill(web, 256);
    web.sh("head -c 20000000 /dev/urandom >/root/noise; sha256sum /root/noise >/root/sum");
    assertThat(letargo(here, "migrate", "web1", "there", "--check-only")).contains("processor");

    letargo(here, "migrate", "web1", "there", "--mode", "precopy");

    JsonNode moved = moved();
    long ahead = moved.path("aheadBytes").asLong();
    long last = moved.path("sentBytes").asLong() - ahead;
    assertThat(ahead).isGreaterThan(100 * MEBIBYTE);
    assertThat(last).isLessThan(256 * MEBIBYTE / 50);
    Vps web2 = there.vps("web1");
    assertThat(web2.sh("sha256sum /root/noise").strip())
        .isEqualTo(web2.sh("cat /root/sum").strip());
    expectSame(web2);
  }

  @Test
  void allAreEvacuatedAndTheirTemplateGoesFirst() throws IOException {
    Path tar = TemplateTravelIT.tar(folder, "monday");
    letargo(here, "template", "add", "base", tar.toString());
    Vps one = here.createAndStart("one", "base");
    one.sh("echo kept >/root/own; rm /opt/second");
    here.create("two", "tiny");
    assertThat(letargo(here, "migrate", "one", "there", "--check-only"))
        .containsPattern("template +warning +no template of that host has the contents of 'base'");

    String said = letargo(here, "evacuate", "there", "--downtime", "10ms");

    System.out.println(said);
    assertThat(said.lines()).contains("one: moved to there", "two: moved to there");
    assertThat(here.api().vpsNames()).isEmpty();
    assertThat(there.vps("two").state()).isEqualTo("stopped");
    Vps moved = there.vps("one");
    assertThat(moved.view().path("template").asText()).isEqualTo("base");
    assertThat(moved.sh("cat /opt/first /root/own")).isEqualTo("monday\nkept");
    assertThat(moved.exec("test", "-e", "/opt/second").status()).isEqualTo(1);
  }

  /** Starts it and waits until its memory is full. */
  private static void fill(Vps vps, int mebibytes) {
    String fill = vps.installPayload("fill");
    vps.daemon("fill", "sh -c '" + fill + " " + mebibytes + " >/root/said'");
    Awaitility.await("its memory is full")
        .until(() -> vps.sh("cat /root/said 2>/dev/null || true").contains("ready"));
  }

  private static void expectSame(Vps vps) {
    vps.sh("kill -USR1 $(pidof fill)");
    Awaitility.await("it has read all its memory, which comes late")
        .atMost(Duration.ofMinutes(3))
        .until(() -> vps.sh("cat /root/said").lines().count() > 1);
    assertThat(vps.sh("cat /root/said").lines().toList().getLast()).isEqualTo("same");
  }
}
