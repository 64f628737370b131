package org.letargo.hook.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.cgroup.Cgroups;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.testing.Programs;
import org.letargo.hook.testing.Samples;
import org.letargo.hook.vps.VpsFolder;

/** A script stands in for conmon: it is looked for in the engine's folder first. */
@Timeout(60)
class ConmonTest {
  @TempDir Path temporary;
  private Path programs;
  private VpsFolder folder;
  private Conmon conmon;

  @BeforeEach
  void open() {
    programs = temporary.resolve("engine");
    folder = Samples.folder(temporary);
    DurableFiles.folder(folder.run(), "rwx------");
    conmon =
        new Conmon(
            new Runc(Samples.configuration(temporary), programs), Cgroups.detect("lt-conmon"));
  }

  @Test
  void givesConmonAllThatItNeedsAndTakesThePid() throws IOException {
    answers("printf '%s\\n' \"$@\" > \"" + temporary + "/arguments\"; echo '{\"data\": 4711}' >&3");

    assertThat(conmon.create(folder)).isEqualTo(4711);

    assertThat(Files.readAllLines(temporary.resolve("arguments"))).isEqualTo(common());
    assertThat(folder.run().resolve("exit")).isDirectory();
  }

  @Test
  void passesTheEnginesOptionsOnWhenItRestores() throws IOException {
    answers("printf '%s\\n' \"$@\" > \"" + temporary + "/arguments\"; echo '{\"data\": 4711}' >&3");
    Path work = Files.createDirectory(temporary.resolve("work"));

    assertThat(conmon.restore(folder, Path.of("/images"), work, Duration.ofSeconds(30)))
        .isEqualTo(4711);

    List<String> expected = new ArrayList<>(common());
    expected.addAll(List.of("--restore", "/images"));
    for (String option :
        List.of(
            "--empty-ns",
            "network",
            "--tcp-established",
            "--file-locks",
            "--ext-unix-sk",
            "--work-path",
            work.toString())) {
      expected.addAll(List.of("--runtime-opt", option));
    }
    assertThat(Files.readAllLines(temporary.resolve("arguments"))).isEqualTo(expected);
  }

  @Test
  void hasASyncPipeAndTheHooksEnvironment() throws IOException {
    answers("env > \"" + temporary + "/environment\"; echo '{\"data\": 1}' >&3");

    conmon.create(folder);

    assertThat(Files.readAllLines(temporary.resolve("environment")))
        .contains("_OCI_SYNCPIPE=3", "LC_ALL=C")
        .anyMatch(line -> line.startsWith("PATH=" + programs + ":/usr/local/sbin:"))
        .noneMatch(line -> line.startsWith("HOME="));
  }

  @Test
  void failsWithWhatRuncSaid() {
    answers(
        """
        cat >&3 <<'END'
        {"data": -1, "message": "time=\\"x\\" level=error msg=\\"no such rootfs\\"\\n"}
        END
        """);

    assertStartFails("cannot start VPS 'web1': no such rootfs.");
  }

  @Test
  void failsWithConmonsLogWhereThePipeSaysNothing() {
    answers("echo 'level=error msg=\"from the log\"' >&2; echo '{\"data\": -1}' >&3");

    assertStartFails("cannot start VPS 'web1': from the log.");
  }

  @Test
  void failsWhenConmonDiesWithoutAWord() {
    answers("exit 1");

    assertStartFails("cannot start VPS 'web1': conmon ended without a reason.");
  }

  @Test
  void failsWhenTheAnswerIsNoJson() {
    answers("echo nonsense >&3");

    assertThatThrownBy(() -> conmon.create(folder))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.START_FAILED))
        .hasMessageStartingWith("cannot start VPS 'web1': conmon gave no answer: ");
  }

  @Test
  void givesUpAndLeavesNoProcessWhenNoAnswerComes() throws IOException {
    answers("echo $$ > \"" + temporary + "/pid\"; exec sleep 600");
    Path work = Files.createDirectory(temporary.resolve("work"));

    assertThatThrownBy(() -> conmon.restore(folder, work, work, Duration.ofSeconds(1)))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.RESUME_FAILED))
        .hasMessage("cannot resume VPS 'web1': conmon gave no answer within 1 seconds.");

    long pid = Long.parseLong(Files.readString(temporary.resolve("pid")).strip());
    await().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void doesNotWaitForAConmonThatGoesOnAfterItsAnswer() throws IOException {
    answers(
        "sleep 600 3>&- >/dev/null 2>&1 & echo $! > \""
            + temporary
            + "/pid\";"
            + " echo '{\"data\": 5}' >&3");

    assertThat(conmon.create(folder)).isEqualTo(5);

    long pid = Long.parseLong(Files.readString(temporary.resolve("pid")).strip());
    assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
  }

  @Test
  void tellsItsVersion() {
    assertThat(Conmon.version()).get().asString().matches("[0-9]+\\.[0-9]+\\..*");
  }

  private void answers(String body) {
    Programs.script(programs, "conmon", body + "\n");
  }

  private void assertStartFails(String message) {
    assertThatThrownBy(() -> conmon.create(folder))
        .isInstanceOfSatisfying(
            VpsException.class, e -> assertThat(e.code()).isEqualTo(Code.START_FAILED))
        .hasMessage(message);
  }

  private List<String> common() {
    String run = folder.run().toString();
    return List.of(
        "--api-version",
        "1",
        "-c",
        "web1",
        "-u",
        "web1",
        "-n",
        "web1",
        "-r",
        "/usr/sbin/runc",
        "--runtime-arg",
        "--root",
        "--runtime-arg",
        temporary + "/run/runc",
        "-b",
        run,
        "--full-attach",
        "-t",
        "-l",
        "k8s-file:" + temporary + "/state/vps/web1/console.log",
        "--log-size-max",
        "4194304",
        "--exit-dir",
        run + "/exit",
        "-p",
        run + "/pid",
        "-P",
        run + "/conmon.pid");
  }
}
