package org.letargo.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketsTest {
  private static final Path OWN = Path.of("/proc/self/ns/net");

  @TempDir Path folder;

  @BeforeEach
  void requireRoot() {
    Root.required();
  }

  @Test
  void tellsWhoIsConnectedToWhom() throws IOException {
    ServerSocketChannel.open(StandardProtocolFamily.UNIX).close();
    var address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      Map<Long, Integer> before = sockets();
      try (var client = SocketChannel.open(address)) {
        long clientInode = added(before);

        List<UnixSockets.Entry> waiting = listeningWith(clientInode);
        before = sockets();
        try (SocketChannel accepted = server.accept()) {
          long acceptedInode = added(before);
          Map<Long, UnixSockets.Entry> all = byInode();

          assertThat(waiting).hasSize(1);
          assertThat(all.get(clientInode).peer()).isEqualTo(acceptedInode);
          assertThat(all.get(acceptedInode).peer()).isEqualTo(clientInode);
          assertThat(all.get(acceptedInode).type()).isEqualTo(1);
          assertThat(listeningWith(clientInode)).isEmpty();
          assertThat(all.get(clientInode).unsent()).isFalse();
          assertThat(all.get(acceptedInode).unread()).isFalse();
          client.write(ByteBuffer.wrap(new byte[] {1}));
          assertThat(byInode().get(clientInode).unsent()).isTrue();
          assertThat(byInode().get(acceptedInode).unread()).isTrue();
          assertThat(byInode().get(acceptedInode).unsent()).isFalse();
          try (var socket = borrowed(acceptedInode)) {
            assertThat(socket.addsToMessages()).isFalse();
          }
          assertThat(accepted.isOpen()).isTrue();
        }
        assertThat(client.isOpen()).isTrue();
      }
    }
  }

  @Test
  void saysWhatASocketOfAProcessIs() throws IOException {
    new ServerSocket(0).close(); // the first one makes the JDK open sockets of its own
    Map<Long, Integer> before = sockets();
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int descriptor = sockets().get(added(before));
      try (var socket = BorrowedSocket.of(ProcessHandle.current().pid(), descriptor)) {
        assertThat(socket.domain()).isIn(2, 10);
        assertThat(socket.protocol()).isEqualTo(6);
        assertThat(socket.type()).isEqualTo(1);
        assertThat(socket.hasKernelTls()).isFalse();
        assertThat(socket.tcpUserTimeoutMillis()).isZero();
        assertThat(socket.tcpNotSentLowWaterBytes()).isZero();
        assertThat(socket.tcpCongestionControl()).isEqualTo(usualCongestionControl());
        assertThat(socket.networkNamespace()).isEqualTo(Files.readSymbolicLink(OWN).toString());
      }
      assertThat(server.isBound()).isTrue();
    }
  }

  private static BorrowedSocket borrowed(long inode) throws IOException {
    return BorrowedSocket.of(ProcessHandle.current().pid(), sockets().get(inode));
  }

  private static String usualCongestionControl() throws IOException {
    return Files.readString(Path.of("/proc/sys/net/ipv4/tcp_congestion_control")).strip();
  }

  @Test
  void flushesAConnectionOfAProcess() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Map<Long, Integer> before = sockets();
      try (var client = SocketChannel.open(server.getLocalSocketAddress())) {
        assertThat(client.getOption(StandardSocketOptions.TCP_NODELAY)).isFalse();
        int descriptor = sockets().get(added(before));

        try (var socket = BorrowedSocket.of(ProcessHandle.current().pid(), descriptor)) {
          socket.flush();
        }

        assertThat(client.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
      }
    }
  }

  @Test
  void refusesANamespaceAndADescriptorThatAreNotThere() {
    assertThatThrownBy(() -> UnixSockets.in(Path.of("/proc/self/ns/nothing")))
        .isInstanceOf(NativeException.class)
        .hasMessageContaining("ENOENT");
    assertThatThrownBy(() -> BorrowedSocket.of(ProcessHandle.current().pid(), 1_000_000))
        .isInstanceOf(NativeException.class)
        .hasMessageContaining("EBADF");
  }

  @Test
  void asksInTheNamespaceAndLeavesNoThreadInIt() throws IOException {
    Path own = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"));

    UnixSockets.in(OWN);

    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        Path seen = thread.resolve("ns/net");
        if (Files.exists(seen)) {
          assertThat(Files.readSymbolicLink(seen)).isEqualTo(own);
        }
      }
    }
  }

  private static List<UnixSockets.Entry> listeningWith(long inode) {
    return UnixSockets.in(OWN).stream()
        .filter(entry -> entry.isListening() && entry.waiting().contains(inode))
        .toList();
  }

  private static Map<Long, UnixSockets.Entry> byInode() {
    Map<Long, UnixSockets.Entry> all = new HashMap<>();
    UnixSockets.in(OWN).forEach(entry -> all.put(entry.inode(), entry));
    return all;
  }

  private static long added(Map<Long, Integer> before) throws IOException {
    Map<Long, Integer> now = sockets();
    now.keySet().removeAll(before.keySet());
    assertThat(now).hasSize(1);
    return now.keySet().iterator().next();
  }

  /** Inode and descriptor of our sockets. */
  private static Map<Long, Integer> sockets() throws IOException {
    Map<Long, Integer> found = new HashMap<>();
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : open) {
        try {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith("socket:[")) {
            found.put(
                Long.valueOf(target.replaceAll("[^0-9]", "")),
                Integer.valueOf(descriptor.getFileName().toString()));
          }
        } catch (java.nio.file.NoSuchFileException e) {
          // the one that lists
        }
      }
    }
    return found;
  }
}
