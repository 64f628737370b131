package org.letargo.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SeqpacketSocketTest {
  @TempDir Path folder;

  @Test
  void keepsPacketsApart() {
    Path path = folder.resolve("attach");
    try (var conmon = new SeqpacketListener(path);
        var socket = SeqpacketSocket.connect(path)) {
      conmon.accept();
      conmon.send("\002first".getBytes(UTF_8));
      conmon.send("\003second packet".getBytes(UTF_8));
      byte[] buffer = new byte[100];

      assertThat(new String(buffer, 0, socket.receive(buffer), UTF_8)).isEqualTo("\002first");
      assertThat(new String(buffer, 0, socket.receive(buffer), UTF_8))
          .isEqualTo("\003second packet");

      socket.send("..input..".getBytes(UTF_8), 2, 5);
      socket.send("more".getBytes(UTF_8), 0, 4);

      assertThat(conmon.receive()).asString(UTF_8).isEqualTo("input");
      assertThat(conmon.receive()).asString(UTF_8).isEqualTo("more");
    }
  }

  @Test
  void tellsTheEnd() {
    Path path = folder.resolve("attach");
    try (var conmon = new SeqpacketListener(path);
        var socket = SeqpacketSocket.connect(path)) {
      conmon.accept();
      conmon.send(new byte[] {2, 'x'});
      conmon.hangUp();
      byte[] buffer = new byte[100];

      assertThat(socket.receive(buffer)).isEqualTo(2);
      assertThat(socket.receive(buffer)).isZero();
      assertThatThrownBy(() -> socket.send(buffer, 0, 1)).hasMessageContaining("EPIPE");
    }
  }

  @Test
  void tellsTheEndWhenThePeerLeavesOurPacketsUnread() {
    Path path = folder.resolve("attach");
    try (var conmon = new SeqpacketListener(path);
        var socket = SeqpacketSocket.connect(path)) {
      conmon.accept();
      socket.send(new byte[1], 0, 1);
      conmon.hangUp();

      assertThat(socket.receive(new byte[100])).isZero();
    }
  }

  @Test
  void refusesAPacketThatDoesNotFit() {
    Path path = folder.resolve("attach");
    try (var conmon = new SeqpacketListener(path);
        var socket = SeqpacketSocket.connect(path)) {
      conmon.accept();
      conmon.send(new byte[11]);

      assertThatThrownBy(() -> socket.receive(new byte[10])).hasMessageContaining("EMSGSIZE");
    }
  }

  @Test
  void shutdownWakesAThreadThatReceives() throws Exception {
    Path path = folder.resolve("attach");
    try (var conmon = new SeqpacketListener(path);
        var socket = SeqpacketSocket.connect(path)) {
      conmon.accept();
      var received = new CompletableFuture<Integer>();
      Thread reader =
          Thread.ofPlatform().start(() -> received.complete(socket.receive(new byte[100])));
      await().until(() -> Threads.isInNativeCall(reader));

      socket.shutdown();

      assertThat(received.get()).isZero();
      assertThat(socket.receive(new byte[100])).isZero();
      assertThatThrownBy(() -> socket.send(new byte[1], 0, 1)).hasMessageContaining("EBADF");
    }
  }

  @Test
  void waitsWhileThePeerIsSlow() throws Exception {
    Path path = folder.resolve("attach");
    int packets = 2_000; // more than the kernel queues
    try (var conmon = new SeqpacketListener(path);
        var socket = SeqpacketSocket.connect(path)) {
      conmon.accept();
      byte[] packet = new byte[4096];
      var sent = new CompletableFuture<Void>();
      Thread sender =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < packets; i++) {
                  socket.send(packet, 0, packet.length);
                }
                sent.complete(null);
              });
      await().until(() -> Threads.isInNativeCall(sender));
      for (int i = 0; i < packets; i++) {
        assertThat(conmon.receive()).hasSize(packet.length);
      }

      sent.get();
    }
  }

  @Test
  void connectsToAPathThatIsTooLongForAnAddress() throws Exception {
    Path deep = Files.createDirectories(folder.resolve("d".repeat(100)).resolve("é".repeat(50)));
    Path path = deep.resolve("attach");
    try (var conmon = new SeqpacketListener(path);
        var socket = SeqpacketSocket.connect(path)) {
      conmon.accept();
      conmon.send(new byte[] {7});

      assertThat(socket.receive(new byte[1])).isEqualTo(1);
    }
  }

  @Test
  void saysThatNobodyListens() {
    Path path = folder.resolve("attach");

    assertThatThrownBy(() -> SeqpacketSocket.connect(path))
        .isInstanceOf(NativeException.class)
        .hasMessage("connect(" + path + ") failed: ENOENT (No such file or directory)");
  }
}
