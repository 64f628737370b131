package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.manager.cli.testing.FakeApi;
import org.letargo.manager.cli.testing.FakeApi.Seen;

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
    assertThat(cli.out()).isEqualTo("web1: taken back\n");
    assertThat(api.requests())
        .contains(new Seen("POST", "/v1/vps/web1/take-back", "{\"force\":true}"));
  }
}
