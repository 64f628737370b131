package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.manager.cli.testing.FakeApi;
import org.letargo.manager.cli.testing.FakeApi.Seen;
import org.letargo.manager.cli.testing.FakeError;
import picocli.CommandLine;

/** The commands that only look, and those about tokens, templates and operations. */
class LookingCommandsTest {
  private final FakeApi api = new FakeApi();
  private final CliRun cli;
  private final Path folder;

  LookingCommandsTest(@TempDir Path folder) {
    this.folder = folder;
    cli = CliRun.on(api, folder);
  }

  @AfterEach
  void nothingWasAskedThatTheApiDoesNotHave() {
    api.close();
    assertThat(api.violations()).isEmpty();
  }

  @Test
  void listsInColumns() {
    api.host().put("web1", "running");
    api.host().put("longer-name", "suspended");

    assertThat(cli.run("list")).isZero();
    assertThat(cli.out())
        .isEqualTo(
            """
            NAME         STATE      ADDRESS    MEMORY                 CPUS  TEMPLATE  CHECKPOINT
            web1         running    10.77.0.2  100.0 MiB / 512.0 MiB  1.5   tiny      -
            longer-name  suspended  10.77.0.3  0 B / 512.0 MiB        1.5   tiny      2026-01-02T03:04:05Z, 30.0 MiB
            """);
  }

  @Test
  void handsOnWhatTheManagerSaysAsJson() {
    api.host().put("web1", "running").put("ofANewerManager", 7);

    assertThat(cli.run("--json", "list")).isZero();
    assertThat(cli.outJson().path("vps").path(0).path("ofANewerManager").asInt()).isEqualTo(7);
  }

  @Test
  void printsTheStableLine() {
    api.host().put("web1", "running");
    api.host().put("web2", "suspended");

    assertThat(cli.run("status", "web1", "web2")).isZero();
    assertThat(cli.out())
        .isEqualTo(
            """
            VPS web1 exist running 10.77.0.2 tiny 536870912 - -
            VPS web2 exist suspended 10.77.0.3 tiny 536870912 cp-0123456789ab -
            """);
  }

  @Test
  void printsSeveralStatusesAsOneDocument() {
    api.host().put("web1", "running");
    api.host().put("web2", "stopped");

    assertThat(cli.run("status", "web1", "--json")).isZero();
    assertThat(cli.outJson().path("state").asText()).isEqualTo("running");
    assertThat(cli.run("status", "web1", "web2", "--json")).isZero();
    assertThat(cli.outJson().path("vps").findValuesAsText("name")).containsExactly("web1", "web2");
  }

  @Test
  void printsTheStableLineOfWhatIsNotThere() {
    assertThat(cli.run("status", "nobody")).isEqualTo(14);
    assertThat(cli.out()).isEqualTo("VPS nobody deleted - - - - - -\n");
    assertThat(cli.err()).startsWith("letargo: there is no VPS 'nobody': ");
  }

  @Test
  void saysThatAVpsCanBeSuspended() {
    api.host().put("web1", "running");
    api.host().obstacles("web1", FakeError.obstacle("file-lock", "handled", 7, "cron"));

    assertThat(cli.run("preflight", "web1")).isZero();
    assertThat(cli.out())
        .isEqualTo(
            """
            web1: can be suspended: 3 processes, at most 7.0 MiB of memory to save, 20.0 GiB free
            handled  file-lock: process 7 (cron): it is file-lock
            """);
  }

  @Test
  void saysWhatStandsInTheWayOfASuspension() {
    api.host().put("web1", "running");
    api.host().obstacles("web1", FakeError.obstacle("traced", "blocks", 71, "redis"));

    assertThat(cli.run("preflight", "web1")).isEqualTo(16);
    assertThat(cli.out())
        .isEqualTo(
            """
            web1: cannot be suspended: 3 processes, at most 7.0 MiB of memory to save, 20.0 GiB free
            blocks   traced: process 71 (redis): it is traced
                     End it.
            """);
    assertThat(cli.run("preflight", "web1", "--json")).isEqualTo(16);
    assertThat(cli.outJson().path("obstacles").path(0).path("code").asText()).isEqualTo("traced");
    assertThat(cli.run("preflight", "nobody")).isEqualTo(14);
  }

  @Test
  void showsTheEnginesLogOfAnOperationWhenItIsWanted() {
    api.host().put("web1", "running");
    api.host()
        .failNext(
            "suspend",
            new FakeError(409, "NOT_CHECKPOINTABLE", "cannot suspend", "it is traced", "End it.")
                .with(FakeError.obstacle("traced", "blocks", 71, "gdb"), "(00.1) a line of it"));
    assertThat(cli.run("suspend", "web1")).isEqualTo(16);
    String id = api.host().newest("suspend");
    assertThat(cli.err()).endsWith("The engine's log: 'letargo ops show " + id + " --log'.\n");

    assertThat(cli.run("ops", "show", id)).isEqualTo(16);
    assertThat(cli.out())
        .contains("error obstacles:    process 71 (gdb): it is traced")
        .doesNotContain("a line of it");
    assertThat(cli.run("ops", "show", id, "--log")).isEqualTo(16);
    assertThat(cli.out()).contains("error log:          (00.1) a line of it");
    assertThat(cli.run("ops", "show", id, "--json")).isEqualTo(16);
    assertThat(cli.errJson().path("error").path("obstacles").path(0).path("code").asText())
        .isEqualTo("traced");
  }

  @Test
  void listsOperations() {
    api.host().put("web1", "running");
    cli.run("suspend", "web1");
    String id = api.host().newest("suspend");

    assertThat(cli.run("ops")).isZero();
    assertThat(cli.out())
        .isEqualTo(
            """
            ID               WHAT     ON    STATE      PHASE    STARTED               BY
            %s  suspend  web1  succeeded  working  2026-01-02T03:04:05Z  tester
            """
                .formatted(id));
    assertThat(cli.run("ops", "list", "--vps", "web1", "--limit", "3", "--json")).isZero();
    assertThat(cli.outJson().path("operations")).hasSize(1);
    assertThat(api.requests())
        .last()
        .isEqualTo(new Seen("GET", "/v1/operations?limit=3&vps=web1", ""));
  }

  @Test
  void showsAnOperationWhenItHasEndedAndEndsLikeIt() {
    api.host().put("web1", "running");
    api.host().hold("suspend");
    cli.run("suspend", "--no-wait", "web1");
    String id = cli.out().strip();
    var shown = CompletableFuture.supplyAsync(() -> cli.run("ops", "show", id));
    await().until(() -> api.streams().opened() > 0);

    api.host()
        .fail(id, new FakeError(507, "NO_SPACE", "cannot suspend it", "no room", "Make some."));

    assertThat(shown.join()).isEqualTo(46);
    assertThat(cli.out())
        .isEqualTo(
            """
            id:                 %s
            kind:               suspend
            vps:                web1
            state:              failed
            phase:              preparing
            started at:         2026-01-02T03:04:05Z
            by:                 tester
            ended at:           2026-01-02T03:04:06Z
            error code:         NO_SPACE
            error what:         cannot suspend it
            error why:          no room
            error remedy:       Make some.
            error message:      cannot suspend it: no room. Make some.
            """
                .formatted(id));
  }

  @Test
  void showsARunningOperationAtOnceWhenToldSo() {
    api.host().put("web1", "running");
    api.host().hold("suspend");
    cli.run("suspend", "--no-wait", "web1");

    assertThat(cli.run("ops", "show", "--no-wait", cli.out().strip(), "--json")).isZero();
    assertThat(cli.outJson().path("state").asText()).isEqualTo("running");
  }

  @Test
  void cancelsAnOperation() {
    api.host().put("web1", "running");
    api.host().hold("suspend");
    cli.run("suspend", "--no-wait", "web1");
    String id = cli.out().strip();

    assertThat(cli.run("ops", "cancel", id)).isZero();
    assertThat(cli.out()).isEqualTo(id + ": cancelled\n");
    assertThat(cli.run("ops", "show", id)).isEqualTo(205);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: cannot suspend 'web1': operation "
                + id
                + " was cancelled. Start it again when"
                + " you want it.\n");
  }

  @Test
  void followsEventsOverABrokenConnectionUntilItIsRefused() throws Exception {
    api.host().put("web1", "running");
    var followed = CompletableFuture.supplyAsync(() -> cli.run("events"));
    await().until(() -> cli.out().contains("web1 running"));
    api.host().put("web2", "paused");
    await().until(() -> cli.out().contains("web2 paused"));

    api.refuseNext(
        "GET", "/v1/events", new FakeError(401, "UNAUTHENTICATED", "no", "revoked", "Ask."));
    api.streams().cutAll();

    assertThat(followed.get(20, TimeUnit.SECONDS)).isEqualTo(12);
    assertThat(cli.out())
        .isEqualTo("2026-01-02T03:04:05Z web1 running\n2026-01-02T03:04:05Z web2 paused\n");
    assertThat(cli.err())
        .isEqualTo("letargo: the connection broke; connecting again\nletargo: no: revoked. Ask.\n");
  }

  @Test
  void printsEventsAsOneObjectALine() throws Exception {
    api.host().put("web1", "running");
    var followed = CompletableFuture.supplyAsync(() -> cli.run("events", "--json"));
    await().until(() -> cli.out().contains("\n"));
    api.host().hold("suspend");
    CliRun.on(api, folder).run("suspend", "--no-wait", "web1");
    await().until(() -> cli.out().lines().count() == 3);
    api.refuseNext(
        "GET", "/v1/events", new FakeError(401, "UNAUTHENTICATED", "no", "revoked", "Ask."));
    api.streams().cutAll();
    followed.get(20, TimeUnit.SECONDS);

    List<JsonNode> lines = cli.out().lines().map(Output::parse).toList();

    assertThat(lines)
        .extracting(line -> line.path("event").asText())
        .containsExactly("vps", "operation", "vps");
    assertThat(lines.get(2).path("data").path("state").asText()).isEqualTo("suspending");
  }

  @Test
  void listsAndBuildsTemplates() {
    assertThat(cli.run("template", "list")).isZero();
    assertThat(cli.out())
        .isEqualTo(
            """
            NAME       BUILT  SIZE     DESCRIPTION
            debian-12  no     -        Debian 12 with systemd
            tiny       yes    2.0 MiB  BusyBox, ready in two seconds
            """);
    assertThat(cli.run("template", "build", "debian-12")).isZero();
    assertThat(cli.out()).isEqualTo("debian-12: built\n");
  }

  @Test
  void printsANewTokenAloneOnStandardOutput() {
    assertThat(cli.run("token", "create", "alice", "--role", "viewer")).isZero();
    assertThat(cli.out()).isEqualTo("secret-of-alice\n");
    assertThat(cli.err()).isEqualTo("Token of alice, role viewer; it is never shown again:\n");
    assertThat(api.requests())
        .containsExactly(
            new Seen("POST", "/v1/tokens", "{\"name\":\"alice\",\"role\":\"viewer\"}"));
  }

  @Test
  void listsAndRevokesTokens() {
    assertThat(cli.run("token")).isZero();
    assertThat(cli.out()).contains("alice  viewer  2026-01-02T00:00:00Z");
    assertThat(cli.run("token", "revoke", "a/../b c")).isZero();
    assertThat(cli.out()).isEqualTo("a/../b c: revoked\n");
    assertThat(api.requests())
        .last()
        .isEqualTo(new Seen("DELETE", "/v1/tokens/a%2F..%2Fb%20c", ""));
  }

  @Test
  void showsTheHost() {
    assertThat(cli.run("host", "info")).isZero();
    assertThat(cli.out())
        .isEqualTo(
            """
            host name:          host1
            version:            0.1.0
            kernel:             6.18.5
            cgroups:            hybrid
            processors:         2
            memory total:       24.0 GiB
            features:           mem_dirty_track, pidfd
            problems:           The kernel has no userfaultfd. Resume is eager.
            vps running:        2
            vps suspended:      1
            """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh"})
  void printsACompletionThatTheShellAccepts(String shell) throws Exception {
    assertThat(cli.run("completion", shell)).isZero();
    Path script = Files.writeString(folder.resolve("completion"), cli.out());

    var check =
        new ProcessBuilder(
                "bash",
                "-c",
                // outside of a completion compopt complains, and that is all that is silenced
                "source "
                    + script
                    + "; COMP_WORDS=(letargo sus); COMP_CWORD=1;"
                    + " _complete_letargo 2> /dev/null; echo \"${COMPREPLY[@]}\"")
            .redirectErrorStream(true)
            .start();

    assertThat(new String(check.getInputStream().readAllBytes(), "UTF-8")).isEqualTo("suspend\n");
    assertThat(check.waitFor()).isZero();
  }

  @Test
  void helpsWithEveryCommandAndGivesAnExample() {
    for (List<String> path : commands(LetargoCli.commandLine(Environment.ofProcess()), List.of())) {
      var arguments = new ArrayList<>(path);
      arguments.add("--help");

      assertThat(cli.run(arguments.toArray(String[]::new))).as("%s", path).isZero();
      assertThat(cli.out())
          .as("%s", path)
          .contains("Example: ")
          .contains("letargo " + String.join(" ", path));
    }
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void hasAVersion() {
    assertThat(cli.run("--version")).isZero();
    assertThat(cli.out()).startsWith("letargo ");
  }

  private static List<List<String>> commands(CommandLine of, List<String> path) {
    List<List<String>> all = new ArrayList<>();
    of.getSubcommands()
        .forEach((name, command) -> {
          var longer = new ArrayList<>(path);
          longer.add(name);
          all.add(longer);
          all.addAll(commands(command, longer));
        });
    return all;
  }
}
