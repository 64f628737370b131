package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.manager.cli.testing.FakeApi;
import org.letargo.manager.cli.testing.FakeApi.Seen;
import org.letargo.manager.cli.testing.FakeError;

class ChangeCommandsTest {
  private final FakeApi api = new FakeApi();
  private final CliRun cli;

  ChangeCommandsTest(@TempDir Path folder) {
    cli = CliRun.on(api, folder);
  }

  @AfterEach
  void nothingWasAskedThatTheApiDoesNotHave() {
    api.close();
    assertThat(api.violations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "start,stopped,running,started",
    "stop,running,stopped,stopped",
    "restart,running,running,restarted",
    "suspend,running,suspended,suspended",
    "resume,suspended,running,resumed",
    "pause,running,paused,paused",
    "unpause,paused,running,running again",
  })
  void asksWaitsAndSaysWhatIsTrueThen(String verb, String before, String after, String said) {
    api.host().put("web1", before);

    int status = cli.run(verb, "web1");

    assertThat(status).isZero();
    assertThat(cli.out()).isEqualTo("web1: " + said + "\n");
    assertThat(cli.err()).contains("web1: " + verb + ": preparing"); // later phases may be over
    assertThat(api.host().vps("web1").path("state").asText()).isEqualTo(after);
    assertThat(api.requests()).first().isEqualTo(new Seen("POST", "/v1/vps/web1/" + verb, ""));
  }

  @Test
  void createsWithAllThatWasAsked() {
    int status =
        cli.run(
            "create",
            "web1",
            "--template",
            "tiny",
            "--memory",
            "512M",
            "--cpus",
            "1.5",
            "--pids",
            "100",
            "--ip",
            "10.77.0.9",
            "--publish",
            "8080:80",
            "--publish",
            "53:53/udp",
            "--start");

    assertThat(status).isZero();
    assertThat(cli.out()).isEqualTo("web1: created\nweb1: started\n");
    assertThat(api.requests())
        .containsExactly(
            new Seen(
                "POST",
                "/v1/vps",
                "{\"name\":\"web1\",\"template\":\"tiny\",\"memoryBytes\":536870912,\"cpus\":1.5,"
                    + "\"pids\":100,\"address\":\"10.77.0.9\",\"publish\":[\"8080:80\",\"53:53/udp\"]}"),
            new Seen("POST", "/v1/vps/web1/start", ""));
  }

  @Test
  void createsWithTheManagersOwnLimitsWhenNoneAreGiven() {
    cli.run("create", "web1", "--template", "tiny");

    assertThat(api.requests())
        .containsExactly(new Seen("POST", "/v1/vps", "{\"name\":\"web1\",\"template\":\"tiny\"}"));
  }

  @Test
  void handsTheGraceOn() {
    api.host().put("web1", "running");

    int status = cli.run("stop", "--grace", "2m", "web1");

    assertThat(status).isZero();
    assertThat(api.requests())
        .contains(new Seen("POST", "/v1/vps/web1/stop", "{\"graceSeconds\":120}"));
  }

  @Test
  void printsTheOperationAsJson() {
    api.host().put("web1", "running");

    int status = cli.run("suspend", "web1", "--json");

    assertThat(status).isZero();
    assertThat(cli.outJson().path("state").asText()).isEqualTo("succeeded");
    assertThat(cli.outJson().path("kind").asText()).isEqualTo("suspend");
    assertThat(cli.err()).isEmpty();
  }

  @Test
  void printsOnlyTheIdWhenItIsNotToWait() {
    api.host().put("web1", "running");
    api.host().hold("suspend");

    int status = cli.run("suspend", "--no-wait", "web1");

    assertThat(status).isZero();
    assertThat(cli.out()).isEqualTo(api.host().newest("suspend") + "\n");
    assertThat(api.host().vps("web1").path("state").asText()).isEqualTo("suspending");
  }

  @Test
  void changesSeveralAtTheSameTimeAndEndsWithTheWorst() {
    api.host().put("a", "stopped");
    api.host().put("b", "running");
    api.host().put("c", "stopped");

    int status = cli.run("start", "a", "b", "c", "nobody");

    assertThat(status).isEqualTo(ExitStatus.RUNNING.number()); // 32 is more than 14
    assertThat(cli.out().lines()).containsExactlyInAnyOrder("a: started", "c: started");
    assertThat(cli.err())
        .contains("letargo: cannot start VPS 'b': it is running.")
        .contains("letargo: there is no VPS 'nobody'");
  }

  @Test
  void printsSeveralOperationsAsOneDocument() {
    api.host().put("a", "stopped");
    api.host().put("b", "stopped");

    int status = cli.run("--json", "start", "a", "b");

    assertThat(status).isZero();
    assertThat(cli.outJson().path("operations").findValuesAsText("vps")).containsExactly("a", "b");
  }

  @Test
  void endsAsTheOperationEnds() {
    api.host().put("web1", "running");
    api.host()
        .failNext(
            "suspend",
            new FakeError(
                409,
                "NOT_CHECKPOINTABLE",
                "cannot suspend VPS 'web1'",
                "process 7 has a file open on a FUSE mount",
                "Unmount it."));

    int status = cli.run("suspend", "web1");

    assertThat(status).isEqualTo(16);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err())
        .endsWith(
            "letargo: cannot suspend VPS 'web1': process 7 has a file open on a FUSE mount."
                + " Unmount it.\n");
  }

  @Test
  void printsAFailureAsJsonToo() {
    api.host().put("web1", "running");
    api.host().put("web1", "suspended");

    int status = cli.run("suspend", "web1", "--json");

    assertThat(status).isEqualTo(31);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.errJson().path("error").path("code").asText()).isEqualTo("WRONG_STATE");
    assertThat(cli.errJson().path("error").path("exitStatus").asInt()).isEqualTo(31);
    assertThat(cli.errJson().path("error").path("why").asText()).isEqualTo("it is suspended");
  }

  @ParameterizedTest
  @CsvSource({"suspend,stopped,31", "stop,suspended,31", "start,running,32", "resume,paused,32"})
  void tellsANonRunningVpsFromARunningOne(String verb, String state, int expected) {
    api.host().put("web1", state);

    assertThat(cli.run(verb, "web1")).isEqualTo(expected);
  }

  @Test
  void goesOnByAskingWhenTheEventsBreakOff() {
    api.host().put("web1", "running");
    api.streams().cutNext(2);

    int status = cli.run("suspend", "web1");

    assertThat(status).isZero();
    assertThat(cli.out()).isEqualTo("web1: suspended\n");
    assertThat(api.requests())
        .contains(new Seen("GET", "/v1/operations/" + api.host().newest("suspend"), ""));
  }

  @Test
  void asksBeforeItDestroys() {
    api.host().put("web1", "stopped");

    int status = cli.on(new FakeTerminal(true)).input("yes\n").run("destroy", "web1");

    assertThat(status).isZero();
    assertThat(cli.err())
        .startsWith("Destroy web1 with disk and checkpoints, for good? Type yes: ");
    assertThat(api.host().has("web1")).isFalse();
  }

  @Test
  void doesNotDestroyOnAnyOtherAnswer() {
    api.host().put("web1", "stopped");

    int status = cli.on(new FakeTerminal(true)).input("y\n").run("destroy", "web1");

    assertThat(status).isEqualTo(20);
    assertThat(cli.err())
        .endsWith(
            "letargo: did not destroy web1: the answer was not 'yes'. Nothing was changed.\n");
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void doesNotDestroyWhenNobodyCanBeAsked() {
    api.host().put("web1", "stopped");

    int status = cli.input("yes\n").run("destroy", "web1");

    assertThat(status).isEqualTo(20);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: did not destroy web1: nobody can be asked: this is not a terminal. Add --yes"
                + " if you mean it.\n");
    assertThat(api.host().has("web1")).isTrue();
  }

  @Test
  void destroysWithoutAskingWhenToldSo() {
    api.host().put("web1", "suspended");

    assertThat(cli.run("destroy", "--yes", "web1")).isZero();
    assertThat(api.host().has("web1")).isFalse();
  }

  @Test
  void showsABarOnATerminalAndNothingOfItIsInTheResult() {
    api.host().put("web1", "running");

    int status = cli.on(new FakeTerminal(true)).run("suspend", "web1");

    assertThat(status).isZero();
    assertThat(cli.out()).isEqualTo("web1: suspended\n");
    assertThat(cli.err()).contains("suspend web1");
  }

  @Test
  void refusesToStartWhatItDoesNotWaitFor() {
    int status = cli.run("create", "web1", "--template", "tiny", "--start", "--no-wait");

    assertThat(status).isEqualTo(20);
    assertThat(api.requests()).isEqualTo(List.of());
  }
}
