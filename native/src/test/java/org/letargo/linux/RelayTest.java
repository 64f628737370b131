package org.letargo.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real letargo-relay against a server that stands for the hook. */
@Timeout(60)
class RelayTest {
  private static final int SPEED_RUNS = 41;
  private static final long SPEED_LIMIT_MILLIS = 5;

  @TempDir Path folder;
  private Path socket;
  private ServerSocketChannel server;
  private final BlockingQueue<List<String>> requests = new LinkedBlockingQueue<>();

  /** What a run of the relay led to. */
  private record Outcome(int status, String said) {}

  @BeforeEach
  void listen() throws IOException {
    socket = folder.resolve("relay.sock");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
  }

  @AfterEach
  void stopListening() throws IOException {
    server.close();
  }

  @Test
  void carriesTheStateOfAContainer() throws Exception {
    answerWith(0, "");

    Outcome outcome = run("{\"pid\":42}", Map.of(), oci("createRuntime"));

    assertThat(outcome).isEqualTo(new Outcome(0, ""));
    assertThat(requests.poll(10, TimeUnit.SECONDS))
        .containsExactly("letargo-relay/1", "oci", "web1", "createRuntime", "", "", "{\"pid\":42}");
  }

  @Test
  void carriesABigState() throws Exception {
    answerWith(0, "");
    String state = "x".repeat(1 << 20);

    assertThat(run(state, Map.of(), oci("poststop"))).isEqualTo(new Outcome(0, ""));
    assertThat(requests.poll(10, TimeUnit.SECONDS)).last().isEqualTo(state);
  }

  @Test
  void refusesAStateThatIsTooBig() throws Exception {
    Outcome outcome = run("x".repeat((1 << 20) + 1), Map.of(), oci("poststop"));

    assertThat(outcome)
        .isEqualTo(
            new Outcome(
                1,
                "letargo-relay: the state on stdin is longer than 1048576 bytes: no OCI runtime sends"
                    + " that much.\n"));
  }

  @Test
  void exitsAsItIsToldAndSaysWhy() throws Exception {
    answerWith(213, "cannot plug the network: no bridge");

    assertThat(run("{}", Map.of(), oci("createRuntime")))
        .isEqualTo(new Outcome(213, "cannot plug the network: no bridge\n"));
  }

  @Test
  void carriesAStageOfCriuByItsNameAlone() throws Exception {
    answerWith(1, "disk full\n");
    Path script = Files.createDirectory(folder.resolve("relay.d")).resolve("my-vps");
    Files.createSymbolicLink(script, RelayProgram.path());

    Outcome outcome = run("not read", criu(), List.of(script.toString()));

    assertThat(outcome).isEqualTo(new Outcome(1, "disk full\n"));
    assertThat(requests.poll(10, TimeUnit.SECONDS))
        .containsExactly(
            "letargo-relay/1", "action", "my-vps", "post-dump", "77", "/proc/9/fd/3", "");
  }

  @Test
  void refusesAnActionThatItCannotAssign() throws Exception {
    assertThat(run("", criu(), List.of(RelayProgram.path().toString())).said())
        .startsWith("letargo-relay: cannot tell the VPS from the name '")
        .endsWith("As a CRIU action script it is called DIR/relay.d/VPS.\n");
  }

  @Test
  void failsIfNobodyListens() throws Exception {
    server.close();

    assertThat(run("{}", Map.of(), oci("createRuntime")))
        .isEqualTo(
            new Outcome(
                1,
                "letargo-relay: nobody answers at '"
                    + socket
                    + "': Connection refused. Start letargo-hook (systemctl start letargo-hook, or"
                    + " make run), then try again.\n"));
  }

  @Test
  void failsIfTheHookHangsUp() throws Exception {
    Thread.ofPlatform().daemon(true).start(() -> serve(new byte[0]));

    assertThat(run("{}", Map.of(), oci("createRuntime")))
        .isEqualTo(
            new Outcome(
                1,
                "letargo-relay: '"
                    + socket
                    + "' hung up without an answer to stage 'createRuntime' of VPS 'web1'. Look"
                    + " into the log of letargo-hook.\n"));
  }

  @Test
  void failsIfTheHookIsSilent() throws Exception {
    List<String> command =
        List.of(
            RelayProgram.path().toString(),
            "--timeout-seconds",
            "1",
            "--socket",
            socket.toString(),
            "--vps",
            "web1",
            "createRuntime");

    assertThat(run("{}", Map.of(), command))
        .isEqualTo(
            new Outcome(
                1,
                "letargo-relay: no answer from '"
                    + socket
                    + "' to stage 'createRuntime' of VPS 'web1' within 1 s. Look into the log of"
                    + " letargo-hook.\n"));
  }

  @Test
  void reachesASocketWhosePathIsTooLongForAnAddress() throws Exception {
    answerWith(0, "reached");
    Path deep = Files.createDirectories(folder.resolve("d".repeat(200)));
    Files.createSymbolicLink(deep.resolve("relay.sock"), socket);
    socket = deep.resolve("relay.sock");

    assertThat(run("{}", Map.of(), oci("createRuntime"))).isEqualTo(new Outcome(0, "reached\n"));
  }

  @Test
  void refusesArgumentsThatItDoesNotKnow() throws Exception {
    String program = RelayProgram.path().toString();

    assertThat(run("", Map.of(), List.of(program)).said()).contains("--socket PATH, --vps NAME");
    assertThat(run("", Map.of(), List.of(program, "--verbose", "x")).said())
        .contains("cannot use the argument '--verbose'");
    assertThat(run("", Map.of(), List.of(program, "--timeout-seconds", "0", "x")).said())
        .contains("'0' is no time: give seconds from 1 to 86400.");
  }

  /** Tasks are frozen meanwhile: the process, its question and the answer together. */
  @Test
  void costsMilliseconds() throws Exception {
    long[] nanos = new long[SPEED_RUNS];
    for (int i = 0; i < SPEED_RUNS; i++) {
      answerWith(0, "");
      long start = System.nanoTime();
      run("{}", Map.of(), oci("createRuntime"));
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);

    assertThat(TimeUnit.NANOSECONDS.toMicros(nanos[SPEED_RUNS / 4]))
        .as("microseconds, first quartile of " + SPEED_RUNS + " runs")
        .isLessThan(TimeUnit.MILLISECONDS.toMicros(SPEED_LIMIT_MILLIS));
  }

  private List<String> oci(String stage) {
    return List.of(
        RelayProgram.path().toString(), "--socket", socket.toString(), "--vps", "web1", stage);
  }

  private static Map<String, String> criu() {
    return Map.of(
        "CRTOOLS_SCRIPT_ACTION", "post-dump",
        "CRTOOLS_INIT_PID", "77",
        "CRTOOLS_IMAGE_DIR", "/proc/9/fd/3");
  }

  private static Outcome run(String stdin, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try (var input = process.getOutputStream()) {
      input.write(stdin.getBytes(UTF_8));
    } catch (IOException e) {
      // a relay that refuses does not read to the end: its status and its words are what counts
    }
    String said = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), said);
  }

  private void answerWith(int status, String message) {
    var answer = new ByteArrayOutputStream();
    answer.write(status);
    answer.writeBytes(message.getBytes(UTF_8));
    Thread.ofPlatform().daemon(true).start(() -> serve(answer.toByteArray()));
  }

  private void serve(byte[] answer) {
    try (SocketChannel connection = server.accept()) {
      byte[] request = Channels.newInputStream(connection).readAllBytes();
      // all fields end in NUL, so the text behind the last one is empty
      List<String> fields = List.of(new String(request, UTF_8).split("\0", -1));
      assertThat(fields.getLast()).isEmpty();
      requests.add(fields.subList(0, fields.size() - 1));
      connection.write(ByteBuffer.wrap(answer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
