package org.letargo.hook.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.testing.Samples;
import org.letargo.linux.RelayProgram;

/** Over a real socket, with the real letargo-relay and with clients that are none; needs root. */
@Timeout(60)
class RelayServerTest {
  @TempDir Path folder;
  private Path socket;
  private RelayServer server;
  private final BlockingQueue<String> reached = new LinkedBlockingQueue<>();

  /** What a run of the relay led to. */
  private record Outcome(int status, String said) {}

  @BeforeEach
  void listen() throws IOException {
    socket = Files.createFile(folder.resolve("relay.sock")); // left over
    server = new RelayServer(socket);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    Files.deleteIfExists(folder.resolve("relay.d/web1")); // JUnit warns of links that lead out
  }

  @Test
  void isReachedByRootAlone() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
  }

  @Test
  void triesAgainWithAPauseWhenItCannotTakeAConnection() throws Exception {
    server.close();
    AtomicInteger tries = new AtomicInteger();
    server =
        new RelayServer(
            socket,
            listening ->
                () -> {
                  if (tries.incrementAndGet() <= 3) {
                    throw new IOException("Too many open files");
                  }
                  return listening.accept();
                });

    try (var _ = server.expect(Samples.WEB1, this::remember)) {
      assertThat(action("post-dump")).isEqualTo(new Outcome(0, ""));
    }

    assertThat(tries.get()).isBetween(4, 5); // three that failed, this one, the next
  }

  @Test
  void tellsWhoeverExpectsItOfAStageAndItsProcess() throws Exception {
    try (var _ = server.expect(Samples.WEB1, this::remember)) {
      assertThat(hook("createRuntime")).isEqualTo(new Outcome(0, ""));
      assertThat(action("post-dump")).isEqualTo(new Outcome(0, ""));
    }

    assertThat(reached).containsExactly("createRuntime 42", "post-dump 4711");
  }

  @Test
  void failsAStageThatNobodyExpects() throws Exception {
    try (var _ = server.expect(new VpsName("web2"), this::remember)) {
      assertThat(action("post-dump"))
          .isEqualTo(new Outcome(1, "nobody expects stage post-dump of VPS 'web1'\n"));
    }
    assertThat(reached).isEmpty();
  }

  @Test
  void failsAStageOnceItIsNotExpectedAnyMore() throws Exception {
    server.expect(Samples.WEB1, this::remember).close();

    assertThat(hook("createRuntime"))
        .isEqualTo(new Outcome(1, "nobody expects stage createRuntime of VPS 'web1'\n"));
  }

  @Test
  void carriesTheReasonOfAFailureToTheRuntime() throws Exception {
    try (var _ =
        server.expect(
            Samples.WEB1,
            (stage, pid) -> {
              throw new VpsException(
                  Code.NO_SPACE,
                  "cannot write the checkpoint",
                  "die Platte ist völlig voll",
                  "Free it.");
            })) {
      assertThat(action("post-dump"))
          .isEqualTo(
              new Outcome(
                  1, "cannot write the checkpoint: die Platte ist völlig voll. Free it.\n"));
    }
  }

  @Test
  void failsAStageWhenWeHaveAFault() throws Exception {
    try (var _ =
        server.expect(
            Samples.WEB1,
            (stage, pid) -> {
              throw new IllegalStateException();
            })) {
      assertThat(action("post-dump"))
          .isEqualTo(new Outcome(1, "java.lang.IllegalStateException\n"));
    }
  }

  @Test
  void answersManyAtATime() throws Exception {
    List<RelayServer.Registration> registrations = new ArrayList<>();
    List<Process> relays = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        registrations.add(server.expect(new VpsName("vps" + i), this::remember));
      }
      for (int i = 0; i < 20; i++) {
        relays.add(startHook("vps" + i, "stage" + i));
      }
      for (Process relay : relays) {
        assertThat(relay.waitFor()).isZero();
      }
    } finally {
      registrations.forEach(RelayServer.Registration::close);
    }
    assertThat(reached).hasSize(20);
  }

  @Test
  void refusesToExpectTheSameVpsTwice() {
    try (var _ = server.expect(Samples.WEB1, this::remember)) {
      assertThatThrownBy(() -> server.expect(Samples.WEB1, this::remember))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("stages of web1 are expected already");
    }
    server.expect(Samples.WEB1, this::remember).close();
  }

  @Test
  void hearsNobodyButRootWhateverTheSocketAllows() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
    Path relay = Files.copy(RelayProgram.path(), folder.resolve("letargo-relay"));
    Files.setPosixFilePermissions(relay, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (var _ = server.expect(Samples.WEB1, this::remember)) {
      Outcome outcome =
          outcome(
              started(
                  "setpriv",
                  "--reuid=65534",
                  "--regid=65534",
                  "--clear-groups",
                  relay.toString(),
                  "--socket",
                  socket.toString(),
                  "--vps",
                  "web1",
                  "createRuntime"));

      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.said()).startsWith("letargo-relay: ");
    }
    assertThat(reached).isEmpty();
  }

  @Test
  void cutsOffWhoeverSendsTooMuchAndServesTheNext() throws Exception {
    byte[] flood = new byte[RelayRequest.MAX_BYTES + (1 << 20)];
    Arrays.fill(flood, (byte) 'x');

    assertThat(answerTo(flood)).isEmpty();

    try (var _ = server.expect(Samples.WEB1, this::remember)) {
      assertThat(hook("createRuntime")).isEqualTo(new Outcome(0, ""));
    }
  }

  @Test
  void cutsOffWhoeverSpeaksAnotherLanguage() throws Exception {
    try (var _ = server.expect(Samples.WEB1, this::remember)) {
      assertThat(answerTo("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))).isEmpty();
      assertThat(answerTo(new byte[0])).isEmpty();
    }
    assertThat(reached).isEmpty();
  }

  @Test
  void takesNobodyAnyMoreWhenItIsClosed() throws Exception {
    server.close();

    Outcome outcome = action("post-dump");

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.said()).startsWith("letargo-relay: nobody answers at '");
  }

  private void remember(String stage, long initPid) {
    reached.add(stage + " " + initPid);
  }

  private Outcome hook(String stage) throws Exception {
    return outcome(startHook("web1", stage));
  }

  private Process startHook(String vps, String stage) throws IOException {
    Process relay =
        started(RelayProgram.path().toString(), "--socket", socket.toString(), "--vps", vps, stage);
    try (var stdin = relay.getOutputStream()) {
      stdin.write("{\"pid\": 42}".getBytes(StandardCharsets.UTF_8));
    }
    return relay;
  }

  /** As the engine runs it. */
  private Outcome action(String stage) throws Exception {
    Path link = Files.createDirectories(folder.resolve("relay.d")).resolve("web1");
    if (!Files.exists(link)) {
      Files.createSymbolicLink(link, RelayProgram.path());
    }
    ProcessBuilder builder = new ProcessBuilder(link.toString()).redirectErrorStream(true);
    builder.environment().put("CRTOOLS_SCRIPT_ACTION", stage);
    builder.environment().put("CRTOOLS_INIT_PID", "4711");
    builder.environment().put("CRTOOLS_IMAGE_DIR", "/proc/1/fd/3");
    return outcome(builder.start());
  }

  private static Process started(String... line) throws IOException {
    return new ProcessBuilder(line).redirectErrorStream(true).start();
  }

  private static Outcome outcome(Process relay) throws Exception {
    relay.getOutputStream().close();
    String said = new String(relay.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(relay.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Outcome(relay.exitValue(), said);
  }

  /** What a client of our own gets for these bytes. */
  private String answerTo(byte[] request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      try {
        for (ByteBuffer bytes = ByteBuffer.wrap(request); bytes.hasRemaining(); ) {
          channel.write(bytes);
        }
        channel.shutdownOutput();
        ByteBuffer answer = ByteBuffer.allocate(1024);
        while (channel.read(answer) >= 0) {
          assertThat(answer.hasRemaining()).isTrue();
        }
        return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        return ""; // cut off in the middle of what it sent
      }
    }
  }
}
