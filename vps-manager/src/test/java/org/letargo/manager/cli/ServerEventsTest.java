package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.manager.cli.testing.FakeApi;

@Timeout(60)
class ServerEventsTest {
  @Test
  void readsNamesDataOfSeveralLinesAndComments() throws Exception {
    assertThat(
            read(
                """
                : hello

                event: vps
                data: {"name":
                data: "web1"}

                data:{"a":1}
                id: 7

                event: cut off
                data: {"never":
                """))
        .containsExactly("vps {\"name\":\"web1\"}", "message {\"a\":1}");
  }

  @Test
  void endsAtWhatIsNoJson() throws Exception {
    assertThat(read("data: 1\n\ndata: {nonsense\n\ndata: 2\n\n")).containsExactly("message 1");
  }

  @Test
  void losesSightOfAnOperationWhenTheManagerStaysAway(@TempDir Path folder) throws Exception {
    var api = new FakeApi();
    api.host().put("web1", "running");
    api.host().hold("suspend");
    CliRun cli = CliRun.on(api, folder);
    cli.run("suspend", "--no-wait", "web1", "--json");
    OperationView started = OperationView.of(cli.outJson());
    var client = new ApiClient(ManagerUrl.parse(api.url()), FakeApi.TOKEN);
    var follower = new OperationFollower(client, Duration.ofMillis(1));
    api.close();

    assertThatThrownBy(() -> follower.follow(started, seen -> {}))
        .isInstanceOf(CliFailure.class)
        .hasMessage(
            "lost sight of operation %s: the manager does not answer any more. It may have gone on:"
                + " when the manager is back, see 'letargo ops show %s'.",
            started.id(), started.id());
  }

  private static List<String> read(String stream) throws InterruptedException {
    List<String> seen = new ArrayList<>();
    var body = new ByteArrayInputStream(stream.getBytes(StandardCharsets.UTF_8));
    try (var events = new ServerEvents(body)) {
      for (var event = events.next(); event.isPresent(); event = events.next()) {
        seen.add(event.get().name() + " " + event.get().data());
      }
    }
    return seen;
  }
}
