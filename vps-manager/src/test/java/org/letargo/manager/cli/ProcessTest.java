package org.letargo.manager.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.manager.cli.testing.FakeApi;

/** What only a process of its own shows: signals, the real terminal, the exit status. */
class ProcessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final FakeApi api = new FakeApi();
  private final List<Process> started = new ArrayList<>();
  private final Path folder;

  ProcessTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void endProcesses() {
    started.forEach(Process::destroyForcibly);
    api.close();
  }

  @Test
  void endsWithTheStatusOfTheFailure() throws Exception {
    Process letargo = start(command("start", "nobody"));

    assertThat(status(letargo)).isEqualTo(14);
    assertThat(said()).startsWith("letargo: there is no VPS 'nobody': ");
  }

  @Test
  void saysOnCtrlCThatTheOperationGoesOn() throws Exception {
    api.host().put("web1", "running");
    api.host().hold("suspend");
    Process letargo = start(command("suspend", "web1"));
    await().atMost(PATIENCE).until(() -> api.streams().opened() == 1);

    signal("INT", "" + letargo.pid());

    assertThat(status(letargo)).isEqualTo(ExitStatus.INTERRUPTED.number());
    String id = api.host().newest("suspend");
    assertThat(said()).endsWith(PendingOperation.farewell(id) + "\n");
    assertThat(api.host().vps("web1").path("state").asText()).isEqualTo("suspending");
  }

  @Test
  void leavesNoPartOfAnExportOnCtrlC() throws Exception {
    api.host().put("web1", "suspended");
    api.archives().setSize(1 << 20);
    api.archives().stallAt(1 << 19);
    Path part = folder.resolve("web1.letargo.part");
    Process letargo = start(command("export", "web1", folder.resolve("web1.letargo").toString()));
    await().atMost(PATIENCE).until(() -> Files.exists(part) && Files.size(part) > 0);

    signal("INT", "" + letargo.pid());

    assertThat(status(letargo)).isEqualTo(130);
    assertThat(part).doesNotExist();
    assertThat(folder.resolve("web1.letargo")).doesNotExist();
  }

  @Test
  void isEightBitCleanOnARealTerminalAndPutsItBack() throws Exception {
    api.host().put("web1", "running");
    byte[] keys = allBytesBut(4);
    String inTerminal =
        "stty rows 40 columns 90; stty -g > before; "
            + quoted(command("enter", "web1"))
            + "; echo status=$? > status; stty -g > after";
    Process terminal =
        start(List.of("script", "--quiet", "--command", inTerminal, "--log-out", "screen"));
    await().atMost(PATIENCE).until(() -> !api.sockets().texts().isEmpty());

    terminal.getOutputStream().write(keys);
    terminal.getOutputStream().flush();
    await().atMost(PATIENCE).until(() -> api.sockets().typed().length == keys.length);
    terminal.getOutputStream().write(4);
    terminal.getOutputStream().flush();

    assertThat(status(terminal)).isZero();
    assertThat(api.sockets().typed()).startsWith(keys);
    assertThat(api.sockets().texts().getFirst())
        .endsWith("\"terminal\":{\"rows\":40,\"columns\":90}}");
    assertThat(folder.resolve("status")).hasContent("status=7");
    assertThat(folder.resolve("after")).hasSameTextualContentAs(folder.resolve("before"));
  }

  @Test
  void putsTheTerminalBackWhenItIsEndedBySignal() throws Exception {
    api.host().put("web1", "running");
    String inTerminal =
        "stty -g > before; sh -c 'echo $$ > pid; exec "
            + quoted(command("console", "web1"))
            + "'; stty -g > after";
    Process terminal =
        start(List.of("script", "--quiet", "--command", inTerminal, "--log-out", "screen"));
    await().atMost(PATIENCE).until(() -> api.requests().size() == 1);
    terminal.getOutputStream().write('x'); // it comes through only when the mode is raw
    terminal.getOutputStream().flush();
    await().atMost(PATIENCE).until(() -> api.sockets().typed().length == 1);

    signal("TERM", Files.readString(folder.resolve("pid")).strip());

    status(terminal);
    assertThat(folder.resolve("after")).hasSameTextualContentAs(folder.resolve("before"));
  }

  /** Listens to Ctrl-C even where the tests themselves do not, as in the background of a shell. */
  private List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(LetargoCli.class.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /** No argument of ours has a quote. */
  private static String quoted(List<String> command) {
    return String.join(" ", command);
  }

  private Process start(List<String> command) throws IOException {
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(folder.resolve("err").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("LETARGO_URL", api.url());
    builder.environment().put("LETARGO_TOKEN", FakeApi.TOKEN);
    builder.environment().put("SHELL", "/bin/sh");
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private static void signal(String name, String pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
  }

  private static int status(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private String said() throws IOException {
    return Files.readString(folder.resolve("err"), UTF_8);
  }

  private static byte[] allBytesBut(int missing) {
    byte[] bytes = new byte[255];
    for (int value = 0, at = 0; value < 256; value++) {
      if (value != missing) {
        bytes[at++] = (byte) value;
      }
    }
    return bytes;
  }
}
