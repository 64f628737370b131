package org.letargo.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.letargo.linux.Libc.LIBC;
import static org.letargo.linux.TestLibc.TEST_LIBC;

import com.sun.jna.Memory;
import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ConsoleSocketTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void receivesATerminalAndTalksThroughIt() throws Exception {
    try (PtyMaster terminal = terminalOf("stty -echo; stty size; read -r line; echo got $line")) {
      terminal.resize(40, 132);
      String first = readUntil(terminal, "\n");
      terminal.write("hello\n".getBytes(UTF_8));
      String rest = readUntil(terminal, null);

      assertThat(first + rest).contains("got hello");
    }
  }

  @Test
  void setsTheSizeThatProgramsSee() throws Exception {
    try (PtyMaster terminal = terminalOf("read -r line; stty size")) {
      terminal.resize(40, 132);
      terminal.write("go\n".getBytes(UTF_8));

      assertThat(readUntil(terminal, null)).contains("40 132");
    }
  }

  @Test
  void closeWakesAThreadThatReads() throws Exception {
    PtyMaster terminal = terminalOf("exec sleep 60");
    var got = new CompletableFuture<Integer>();
    Thread reader = Thread.ofPlatform().start(() -> got.complete(terminal.read(new byte[10])));
    await().until(() -> Threads.isInNativeCall(reader));

    terminal.close();

    assertThat(got.get()).isEqualTo(-1);
    assertThat(terminal.read(new byte[10])).isEqualTo(-1);
    assertThatThrownBy(() -> terminal.write(new byte[1])).hasMessageContaining("EBADF");
  }

  @Test
  void givesUpWhenNoTerminalComes() {
    try (var socket = ConsoleSocket.bind(folder.resolve("console"))) {
      assertThat(socket.accept(Duration.ofMillis(20))).isEmpty();
    }
  }

  @Test
  void passesOverAConnectionWithoutATerminal() throws Exception {
    Path path = folder.resolve("console");
    try (var socket = ConsoleSocket.bind(path);
        var visitor = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      visitor.connect(UnixDomainSocketAddress.of(path));
      visitor.write(UTF_8.encode("no descriptor here"));

      assertThat(socket.accept(Duration.ofMillis(100))).isEmpty();
    }
  }

  @Test
  void listensForItsOwnerOnlyAndRemovesItsName() throws IOException {
    Path path = folder.resolve("console");
    var socket = ConsoleSocket.bind(path);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> ConsoleSocket.bind(path)).hasMessageContaining("EADDRINUSE");

    socket.close();

    assertThat(path).doesNotExist();
  }

  /** A terminal with a shell on its other side, sent through a socket as runc does. */
  private PtyMaster terminalOf(String script) throws IOException {
    int master = TEST_LIBC.posix_openpt(2 | 0400); // O_RDWR | O_NOCTTY
    TEST_LIBC.grantpt(master);
    TEST_LIBC.unlockpt(master);
    var slave = new File(TEST_LIBC.ptsname(master));
    Path path = folder.resolve("console");
    try (var socket = ConsoleSocket.bind(path)) {
      Thread.ofPlatform().start(() -> sendDescriptor(path, master));
      PtyMaster terminal = socket.accept(LONG).orElseThrow();
      new ProcessBuilder("setsid", "--ctty", "sh", "-c", script)
          .redirectInput(slave)
          .redirectOutput(slave)
          .redirectError(slave)
          .start();
      return terminal;
    }
  }

  private static void sendDescriptor(Path path, int master) {
    int fd = LIBC.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0);
    try (UnixAddress address = UnixAddress.of(path);
        var header = new Memory(56);
        var vector = new Memory(16);
        var text = new Memory(9);
        var control = new Memory(24)) {
      LIBC.connect(fd, address.bytes(), address.length());
      header.clear();
      control.clear();
      text.write(0, "/dev/ptmx".getBytes(UTF_8), 0, 9);
      vector.setPointer(0, text);
      vector.setLong(8, 9);
      header.setPointer(16, vector);
      header.setLong(24, 1);
      header.setPointer(32, control);
      header.setLong(40, 24);
      control.setLong(0, 20);
      control.setInt(8, Libc.SOL_SOCKET);
      control.setInt(12, Libc.SCM_RIGHTS);
      control.setInt(16, master);
      TEST_LIBC.sendmsg(fd, header, 0);
    } finally {
      LIBC.close(fd);
      LIBC.close(master);
    }
  }

  private static String readUntil(PtyMaster terminal, String stop) {
    var text = new StringBuilder();
    byte[] buffer = new byte[1024];
    while (stop == null || text.indexOf(stop) < 0) {
      int got = terminal.read(buffer);
      if (got < 0) {
        break;
      }
      text.append(new String(buffer, 0, got, UTF_8));
    }
    return text.toString();
  }
}
