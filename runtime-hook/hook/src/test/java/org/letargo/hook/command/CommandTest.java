package org.letargo.hook.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.linux.PtyMaster;

@Timeout(60)
class CommandTest {
  @TempDir Path folder;

  @Test
  void givesWhatItStartedTimeToUndoWhenItIsKilled(@TempDir Path folder) {
    Path undone = folder.resolve("undone");
    Command hangs =
        Command.of(
                "bash",
                "-c",
                "exec 3> >(cat >/dev/null; touch \"$0\"); kill -STOP $$",
                undone.toString())
            .timeout(Duration.ofMillis(500))
            .childrenGrace(Duration.ofSeconds(30));

    assertThatThrownBy(hangs::run).isInstanceOf(VpsException.class);

    assertThat(undone).exists();
  }

  @Test
  void givesStatusAndBothOutputs() {
    List<String> line = List.of("sh", "-c", "echo out; echo err >&2; exit 3");

    assertThat(Command.of(line).run()).isEqualTo(new Command.Result(line, 3, "out\n", "err\n"));
  }

  @Test
  void hasNoOtherEnvironmentThanOurs() {
    String path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    assertThat(Command.of("env").environment("ONE", "1").run().output().lines())
        .containsExactlyInAnyOrder("LC_ALL=C", "ONE=1", "PATH=" + path);
    assertThat(Command.of("env").pathFirst("/opt/x").run().output().lines())
        .containsExactlyInAnyOrder("LC_ALL=C", "PATH=/opt/x:" + path);
  }

  @Test
  void feedsItsInput() {
    assertThat(Command.of("cat").input("wörter\n").run().output()).isEqualTo("wörter\n");
    assertThat(Command.of("cat").run().output()).isEmpty();
  }

  @Test
  void doesNotMindAProgramThatLeavesItsInputUnread() {
    assertThat(Command.of("true").input("x".repeat(1 << 20)).run().ok()).isTrue();
  }

  @Test
  void keepsTheFirstMebibyteOfEachOutput() {
    Command.Result result =
        Command.of(
                "sh",
                "-c",
                "head -c 3000000 /dev/zero | tr '\\0' a; head -c 2000000 /dev/zero | tr '\\0' b >&2")
            .run();

    assertThat(result.ok()).isTrue();
    assertThat(result.output()).isEqualTo("a".repeat(1 << 20));
    assertThat(result.errors()).isEqualTo("b".repeat(1 << 20));
  }

  @Test
  void failsWithTheLastLinesOfItsErrors() {
    Command.Result result =
        Command.of("sh", "-c", "echo out; for i in 1 2 3 4; do echo \" line $i\" >&2; done; exit 7")
            .run();

    assertThatThrownBy(() -> result.orFail("cannot do it"))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.HOST_UNFIT))
        .hasMessage("cannot do it: sh ended with status 7: line 2 | line 3 | line 4.");
  }

  @Test
  void failsWithItsOutputWhereThereAreNoErrors() {
    assertThat(Command.of("sh", "-c", "echo said; exit 1").run().reason())
        .isEqualTo("sh ended with status 1: said");
    assertThat(Command.of("false").run().reason()).isEqualTo("false ended with status 1");
  }

  @Test
  void givesItselfBackWhenItDidNotFail() {
    Command.Result result = Command.of("true").run();

    assertThat(result.orFail("cannot do it")).isSameAs(result);
  }

  @Test
  void saysThatAProgramIsMissing() {
    assertThatThrownBy(() -> Command.of("no-such-program", "x").run())
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.HOST_UNFIT))
        .hasMessageStartingWith("cannot run no-such-program: ")
        .hasMessageContaining("no such program in /usr/local/sbin:")
        .hasMessageEndingWith(". Install it, then try again.");
  }

  @Test
  void killsAProgramThatTakesTooLongWithItsChildren() throws Exception {
    Path pids = folder.resolve("pids");
    Command command =
        Command.of("sh", "-c", "sleep 600 & echo $$ $! > " + pids + "; wait")
            .timeout(Duration.ofSeconds(1));

    assertThatThrownBy(command::run)
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.HOST_UNFIT))
        .hasMessage(
            "sh was killed: it had not ended after 1 seconds. See whether the host is overloaded.");

    for (String pid : Files.readString(pids).strip().split(" ")) {
      await().until(() -> isGone(Long.parseLong(pid)));
    }
  }

  @Test
  void endsInTimeThoughAProgramReadsNoneOfItsInput() {
    Command command =
        Command.of("sleep", "600").input("x".repeat(1 << 20)).timeout(Duration.ofMillis(200));

    assertThatThrownBy(command::run)
        .isInstanceOf(VpsException.class)
        .hasMessageStartingWith("sleep was killed: ");
  }

  @Test
  void doesNotWaitForADaemonThatKeepsItsOutputOpen() {
    Command.Result result = Command.of("sh", "-c", "sleep 600 & echo $!").run();

    long daemon = Long.parseLong(result.output().strip());
    assertThat(ProcessHandle.of(daemon).orElseThrow().destroyForcibly()).isTrue();
  }

  @Test
  void killsItsProgramWhenItIsInterrupted() throws Exception {
    Path pid = folder.resolve("pid");
    var failure = new AtomicReference<Throwable>();
    Thread runner =
        Thread.ofPlatform()
            .start(() -> {
              try {
                Command.of("sh", "-c", "echo $$ > " + pid + "; exec sleep 600").run();
              } catch (VpsException e) {
                failure.set(e);
              }
            });
    await().until(() -> Files.exists(pid) && Files.size(pid) > 0);

    runner.interrupt();
    runner.join();

    assertThat(failure.get())
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.INTERRUPTED))
        .hasMessage("sh was killed: the hook is stopping.");
    await().until(() -> isGone(Long.parseLong(Files.readString(pid).strip())));
  }

  /** The build gives tests one carrier that is never joined by another: see the module's pom. */
  @Test
  void leavesVirtualThreadsAloneWhileAProgramRuns() throws Exception {
    Path pid = folder.resolve("pid");
    Thread runner =
        Thread.ofPlatform()
            .start(() -> {
              try {
                Command.of("sh", "-c", "echo $$ > " + pid + "; exec sleep 600").run();
              } catch (VpsException e) {
                // interrupted, below
              }
            });
    await().until(() -> Files.exists(pid) && Files.size(pid) > 0);
    var ran = new CountDownLatch(1);

    Thread.ofVirtual().start(ran::countDown);

    try {
      assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      runner.interrupt();
      runner.join();
    }
  }

  @Test
  void startsAProgramWithTheOwnersEnvironmentAndStreams() throws Exception {
    Process process =
        Command.of("sh", "-c", "echo $ONE; cat >&2")
            .environment("ONE", "1")
            .start(ProcessBuilder.Redirect.to(folder.resolve("errors").toFile()));
    try (var stdin = process.getOutputStream()) {
      stdin.write("given".getBytes(StandardCharsets.UTF_8));
    }

    assertThat(process.inputReader().readLine()).isEqualTo("1");
    assertThat(process.waitFor()).isZero();
    assertThat(folder.resolve("errors")).hasContent("given");
  }

  @Test
  void givesAProgramATerminalOfItsOwn() throws Exception {
    try (PtyMaster master = PtyMaster.open()) {
      Path result = folder.resolve("result");
      Process process =
          Command.of("sh", "-c", "(tty; tty <&2; exec </dev/tty && echo controls) > " + result)
              .startOnTerminal(master.slave());

      assertThat(process.waitFor()).isZero();
      assertThat(result).hasContent(master.slave() + "\n" + master.slave() + "\ncontrols\n");
    }
  }

  private static boolean isGone(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
  }
}
