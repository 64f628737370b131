package org.letargo.manager.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.manager.cli.testing.FakeApi;
import org.letargo.manager.cli.testing.FakeArchives;
import org.letargo.manager.cli.testing.FakeError;

/** exec, enter, console. */
class ShellCommandsTest {
  private final FakeApi api = new FakeApi();
  private final FakeTerminal terminal = new FakeTerminal(true);
  private final CliRun cli;

  ShellCommandsTest(@TempDir Path folder) {
    cli = CliRun.on(api, folder);
  }

  @BeforeEach
  void aRunningVps() {
    api.host().put("web1", "running");
  }

  @AfterEach
  void nothingWasAskedThatTheApiDoesNotHave() {
    api.close();
    assertThat(api.violations()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 255})
  void endsWithTheCommandsOwnStatus(int status) {
    int ended = cli.run("exec", "web1", "--", "exit", "" + status);

    assertThat(ended).isEqualTo(status);
    assertThat(cli.out()).isEqualTo("out\n");
    assertThat(cli.err()).isEqualTo("err\n");
    assertThat(api.sockets().texts().getFirst())
        .isEqualTo("{\"command\":[\"exit\",\"" + status + "\"]}");
  }

  @Test
  void handsTheCommandsOptionsOnUntouched() {
    cli.run("exec", "web1", "exit", "0", "-l", "--json", "--", "x y");

    assertThat(api.sockets().texts().getFirst())
        .isEqualTo("{\"command\":[\"exit\",\"0\",\"-l\",\"--json\",\"--\",\"x y\"]}");
  }

  @Test
  void sendsItsInputAndItsEnd() {
    int ended = cli.input("äöü\0\u001d end").run("exec", "web1", "--", "cat");

    assertThat(ended).isZero();
    assertThat(cli.outBytes()).isEqualTo("äöü\0\u001d end".getBytes(UTF_8));
  }

  @Test
  void carriesEightMillionBytesWithoutLosingOne() throws Exception {
    var hash = MessageDigest.getInstance("SHA-256");
    var expected = MessageDigest.getInstance("SHA-256");
    for (int piece = 0; piece < 128; piece++) {
      expected.update(FakeArchives.piece(piece, 64 << 10));
    }

    int ended = cli.outputTo(hashing(hash)).run("exec", "web1", "--", "flood", "" + (8 << 20));

    assertThat(ended).isZero();
    assertThat(HexFormat.of().formatHex(hash.digest()))
        .isEqualTo(HexFormat.of().formatHex(expected.digest()));
  }

  @Test
  void saysWhyACommandCannotRun() {
    int ended = cli.run("exec", "web1", "--", "missing");

    assertThat(ended).isEqualTo(14);
    assertThat(cli.err())
        .isEqualTo("letargo: cannot run 'missing': there is no such program. Install it.\n");
  }

  @Test
  void doesNotTakeALostConnectionForAnEnd() {
    int ended = cli.run("exec", "web1", "--", "vanish");

    assertThat(ended).isEqualTo(201);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: the connection to the VPS broke: the manager closed the connection and says"
                + " 'gone'. Try again; what ran in the VPS may still be running.\n");
  }

  @Test
  void readsTheRefusalOfAHandshake() {
    assertThat(cli.run("exec", "nobody", "--", "ls")).isEqualTo(14);
    assertThat(cli.err()).startsWith("letargo: there is no VPS 'nobody': ");

    api.refuseNext(
        "GET",
        "/v1/vps/web1/exec",
        new FakeError(409, "WRONG_STATE", "cannot exec in 'web1'", "it is paused", "Unpause it."));
    assertThat(cli.run("exec", "web1", "--", "ls")).isEqualTo(32);
  }

  @Test
  void wantsACommandToRun() {
    assertThat(cli.run("exec", "web1", "--")).isEqualTo(20);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: cannot understand the command line: the command to run is missing. See"
                + " 'letargo exec --help'.\n");
  }

  @Test
  void entersWithEveryByteOfTheKeyboardAndTheSizeOfTheWindow() throws Exception {
    byte[] keys = allBytesBut(4);
    var keyboard = new PipedOutputStream();
    var screen = new ByteArrayOutputStream();
    cli.on(terminal).with("TERM", "xterm-256color").input(new PipedInputStream(keyboard, 1 << 16));
    cli.outputTo(screen);
    var ended = CompletableFuture.supplyAsync(() -> cli.run("enter", "web1"));
    await().until(terminal::isWatched);

    keyboard.write(keys);
    keyboard.flush();
    terminal.resize(50, 132);
    await().until(() -> screen.size() == keys.length);
    assertThat(terminal.isRaw()).isTrue();
    keyboard.write(4);
    keyboard.flush();

    assertThat(ended.get()).isEqualTo(7);
    assertThat(terminal.isRaw()).isFalse();
    assertThat(api.sockets().typed()).startsWith(keys).hasSize(keys.length + 1);
    assertThat(screen.toByteArray()).startsWith(keys);
    assertThat(api.sockets().texts())
        .containsExactly(
            "{\"command\":[\"/bin/sh\",\"-c\",\"export TERM=xterm-256color; [ -x /bin/bash ] && exec"
                + " /bin/bash -l; exec /bin/sh -l\"],\"terminal\":{\"rows\":30,\"columns\":100}}",
            "{\"resize\":{\"rows\":50,\"columns\":132}}");
  }

  @Test
  void hasNoShellWithoutATerminal() {
    assertThat(cli.run("enter", "web1")).isEqualTo(20);
    assertThat(api.sockets().texts()).isEmpty();
  }

  @Test
  void leavesTheConsoleByItsKeyAndSendsWhatStoodBefore() throws Exception {
    var keyboard = new PipedOutputStream();
    cli.on(terminal).input(new PipedInputStream(keyboard));
    var ended = CompletableFuture.supplyAsync(() -> cli.run("console", "web1"));
    await().until(terminal::isWatched);

    keyboard.write(new byte[] {'r', 'o', 'o', 't', VpsShell.DETACH, 'x'});
    keyboard.flush();

    assertThat(ended.get()).isZero();
    assertThat(terminal.isRaw()).isFalse();
    assertThat(cli.err()).isEqualTo("Console of web1; Ctrl-] leaves it.\n\nDetached.\n");
    assertThat(cli.out()).startsWith("login: ");
    await().until(() -> new String(api.sockets().typed(), UTF_8).equals("root"));
    assertThat(api.requests())
        .last()
        .extracting("uri")
        .isEqualTo("/v1/vps/web1/console?rows=30&columns=100");
  }

  @Test
  void endsWithTheConsole() throws Exception {
    var keyboard = new PipedOutputStream();
    cli.on(terminal).input(new PipedInputStream(keyboard));
    var ended = CompletableFuture.supplyAsync(() -> cli.run("console", "web1"));
    await().until(terminal::isWatched);

    keyboard.write(4);
    keyboard.flush();

    assertThat(ended.get()).isZero();
    assertThat(cli.err()).endsWith("\nThe console has ended.\n");
    assertThat(terminal.timesRaw()).isEqualTo(1);
  }

  private static byte[] allBytesBut(int missing) {
    var bytes = new ByteArrayOutputStream();
    for (int value = 0; value < 256; value++) {
      if (value != missing) {
        bytes.write(value);
      }
    }
    return bytes.toByteArray();
  }

  private static OutputStream hashing(MessageDigest hash) {
    return new OutputStream() {
      @Override
      public void write(int one) {
        hash.update((byte) one);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        hash.update(bytes, offset, length);
      }
    };
  }
}
