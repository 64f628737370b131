package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.manager.cli.testing.FakeApi;
import org.letargo.manager.cli.testing.FakeApi.Seen;
import org.letargo.manager.cli.testing.FakeError;

/** {@code letargo peer}. */
class PeerCommandsTest {
  @TempDir Path folder;
  private FakeApi api;
  private CliRun cli;

  @BeforeEach
  void start() {
    api = new FakeApi();
    cli = CliRun.on(api, folder);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void listsPeersAndSaysWhyOneIsAway() {
    assertThat(cli.run("peer", "list")).isZero();

    assertThat(cli.out())
        .isEqualTo(
            """
            NAME   URL                 STATE  VERSION  KERNEL  ENGINE  FREE MEMORY  FREE DISK  LATENCY  BANDWIDTH
            host2  https://host2:7071  up     0.1.0    6.18.0  4.2     2.0 GiB      20.0 GiB   1.2 ms   100.0 MiB/s
            host3  https://host3:7071  away   -        -       -       -            -          -        -
            """);
    assertThat(cli.err())
        .isEqualTo(
            "host3: the host at https://host3:7071 does not answer: Connection refused. Look.\n");
    assertThat(cli.run("peer", "--json")).isZero();
    assertThat(cli.outJson().path("peers")).hasSize(2);
  }

  @Test
  void showsAllOfAPeer() {
    assertThat(cli.run("peer", "show", "host2")).isZero();
    assertThat(cli.out()).contains("facts cpu features:").contains("avx2, fpu");
    assertThat(cli.run("peer", "show", "nobody")).isEqualTo(14);
  }

  @Test
  void printsAJoinTokenAloneOnStandardOutput() {
    assertThat(cli.run("peer", "token")).isZero();

    assertThat(cli.out()).isEqualTo("letargo-join-1.a.b\n");
    assertThat(cli.err()).startsWith("Run 'letargo peer add NAME https://THIS-HOST:PORT --token");
  }

  @Test
  void addsAPeerByATokenFromTheCommandLineOrStandardInput() {
    assertThat(cli.run("peer", "add", "host2", "https://host2:7071", "--token", "t")).isZero();
    assertThat(cli.out()).isEqualTo("host2: added\n");
    assertThat(api.requests())
        .last()
        .isEqualTo(
            new Seen(
                "POST",
                "/v1/peers",
                "{\"name\":\"host2\",\"url\":\"https://host2:7071\",\"token\":\"t\"}"));

    cli.input("from-a-pipe\n");
    assertThat(cli.run("peer", "add", "host2", "https://host2:7071", "--token", "-", "--as", "a"))
        .isZero();
    assertThat(api.requests())
        .last()
        .isEqualTo(
            new Seen(
                "POST",
                "/v1/peers",
                "{\"name\":\"host2\",\"url\":\"https://host2:7071\",\"token\":\"from-a-pipe\","
                    + "\"as\":\"a\"}"));
  }

  @Test
  void probesRemovesAndRotates() {
    assertThat(cli.run("peer", "probe", "host2", "--size", "1M")).isZero();
    assertThat(cli.out()).isEqualTo("host2: 100.0 MiB/s, 1.2 ms\n");
    assertThat(api.requests())
        .last()
        .isEqualTo(new Seen("POST", "/v1/peers/host2/probe", "{\"bytes\":1048576}"));
    assertThat(cli.run("peer", "remove", "host2")).isZero();
    assertThat(cli.out()).isEqualTo("host2: removed\n");
    assertThat(cli.run("peer", "rotate")).isZero();
    assertThat(cli.out()).endsWith("or were removed: host3\n");
  }

  @Test
  void sendsACheckpoint() {
    assertThat(cli.run("send", "web1@good", "host2", "--name", "web2")).isZero();
    assertThat(cli.out()).isEqualTo("web1: sent to host2 as web2\n");
    assertThat(api.requests())
        .contains(
            new Seen(
                "POST",
                "/v1/vps/web1/checkpoints/good/send",
                "{\"peer\":\"host2\",\"name\":\"web2\"}"));
    assertThat(cli.run("send", "web1", "host2")).isEqualTo(20);
  }

  @Test
  void saysWhatStandsInTheWayOfAMigration() {
    assertThat(cli.run("migrate", "web1", "host2", "--check-only")).isEqualTo(1);

    assertThat(cli.out())
        .isEqualTo(
            """
            TOPIC      VERDICT  FINDING
            name       fine     its name is free
            memory     warning  it may use more
            processor  refused  that processor lacks avx?
            """);
    assertThat(cli.err()).isEqualTo("memory: Watch it.\nprocessor: Choose another host.\n");
    assertThat(api.requests())
        .last()
        .isEqualTo(new Seen("POST", "/v1/vps/web1/migrate/check", "{\"peer\":\"host2\"}"));
    assertThat(cli.run("migrate", "web1", "host2", "--check-only", "--json")).isEqualTo(1);
    assertThat(cli.outJson().path("verdicts")).hasSize(3);
  }

  @Test
  void migratesAVps() {
    assertThat(cli.run("migrate", "web1", "host2", "--keep-source")).isZero();
    assertThat(cli.out()).isEqualTo("web1: moved to host2\n");
    assertThat(api.requests())
        .contains(
            new Seen("POST", "/v1/vps/web1/migrate", "{\"peer\":\"host2\",\"keepSource\":true}"));
    assertThat(cli.run("migrate", "web1")).isEqualTo(20);
    assertThat(cli.run("migrate", "web1", "host2", "--take-back")).isEqualTo(20);
  }

  @Test
  void takesBackOnlyWhatSomebodySaysIsGone() {
    assertThat(cli.run("migrate", "--take-back", "web1")).isNotZero();
    assertThat(cli.err()).contains("nobody can be asked: this is not a terminal");
    assertThat(cli.run("migrate", "--take-back", "--yes", "web1")).isZero();
    assertThat(cli.out()).isEqualTo("web1: goes on here\n");
    assertThat(api.requests())
        .contains(new Seen("POST", "/v1/vps/web1/take-back", "{\"force\":true}"));
  }

  private List<String> asked(String end) {
    return api.requests().stream()
        .filter(seen -> seen.uri().endsWith(end))
        .map(seen -> seen.uri() + " " + seen.body().replaceAll(".*\"peer\":\"(\\w+)\".*", "$1"))
        .toList();
  }

  @Test
  void evacuatesTheSmallestFirstToWhoAdmitsThem() {
    api.host().put("large", "running");
    api.host().put("small", "stopped");

    assertThat(cli.run("evacuate", "host2", "host3", "--at-once", "1", "--bandwidth", "1M"))
        .as(cli.err())
        .isZero();

    assertThat(cli.out()).isEqualTo("small: moved to host3\nlarge: moved to host3\n");
    assertThat(asked("/migrate/check"))
        .containsExactly(
            "/v1/vps/small/migrate/check host2",
            "/v1/vps/small/migrate/check host3",
            "/v1/vps/large/migrate/check host3"); // who comes next begins with the next
    assertThat(api.requests())
        .contains(
            new Seen(
                "POST",
                "/v1/vps/large/migrate",
                "{\"peer\":\"host3\",\"mode\":\"auto\",\"bytesPerSecond\":1048576}"));
  }

  @Test
  void tellsWhatStaysAndMovesTheRest() {
    api.host().put("one", "stopped");
    assertThat(cli.run("evacuate", "host2")).isEqualTo(207);
    assertThat(cli.err())
        .contains("VPS 'one' stays here: no peer admits it: host2: that processor lacks avx?.");

    api.host().failNext("migrate", new FakeError(409, "PEER_REFUSED", "it stays", "a test", "No."));
    api.host().put("two", "running");
    assertThat(cli.run("evacuate", "host3", "--at-once", "1", "--json")).isEqualTo(207);
    assertThat(cli.outJson().path("operations")).hasSize(1);
    assertThat(cli.run("evacuate", "host3", "--at-once", "0")).isEqualTo(21);
  }
}
