package org.letargo.hook.pages;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who may connect: this program, run by our user (root), started by this process or by a descendant
 * of it. TCP has no peer credentials, and every process of the host's network namespace can reach a
 * port on loopback: one in a container with the host's network, say, root there without any
 * capability. So the socket at the other end is looked up in /proc/net/tcp (proc(5): addresses as
 * hexadecimal words in the machine's byte order, then port; user and inode are fields 8 and 10),
 * and a process of ours must hold it.
 *
 * @param program the file that the process must run
 */
public record PeerProgram(Path program) {
  private static final Path SOCKETS = Path.of("/proc/net/tcp");
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int USER = 7;
  private static final int INODE = 9;

  /** A socket as the kernel lists it. */
  private record Listed(String user, String inode) {}

  /**
   * Checks the other end.
   *
   * @return it
   * @throws IOException if it is another's, or gone; with who it is
   */
  PeerSocket require(SocketChannel connection) throws IOException {
    Listed peer =
        find(
                address((InetSocketAddress) connection.getRemoteAddress()),
                address((InetSocketAddress) connection.getLocalAddress()))
            .orElseThrow(() -> new IOException("the peer has gone"));
    Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!peer.user.equals(String.valueOf(self))) {
      throw new IOException("the peer is a process of user " + peer.user);
    }
    Path wanted = program.toRealPath();
    ProcessHandle hook = ProcessHandle.current();
    try (Stream<ProcessHandle> family = Stream.concat(Stream.of(hook), hook.descendants())) {
      return family
          .map(ProcessHandle::pid)
          .filter(pid -> runs(pid, wanted))
          .flatMap(pid -> held(pid, peer).stream())
          .findFirst()
          .orElseThrow(
              () -> new IOException("the peer is not a process of ours that runs " + program));
    }
  }

  private static Optional<Listed> find(String local, String remote) throws IOException {
    try (Stream<String> lines = Files.lines(SOCKETS)) {
      return lines
          .map(line -> line.strip().split("\\s+"))
          .filter(fields -> fields[LOCAL].equals(local) && fields[REMOTE].equals(remote))
          .map(fields -> new Listed(fields[USER], fields[INODE]))
          .findFirst();
    }
  }

  private static String address(InetSocketAddress address) throws IOException {
    if (!(address.getAddress() instanceof Inet4Address ip)) {
      throw new IOException("the peer is not at an address of IPv4");
    }
    int word = ByteBuffer.wrap(ip.getAddress()).order(ByteOrder.nativeOrder()).getInt();
    return "%08X:%04X".formatted(word, address.getPort());
  }

  private static boolean runs(long pid, Path wanted) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).equals(wanted);
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  private static Optional<PeerSocket> held(long pid, Listed socket) {
    Path link = Path.of("socket:[" + socket.inode + "]");
    try (DirectoryStream<Path> descriptors =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : descriptors) {
        if (target(descriptor).filter(link::equals).isPresent()) {
          int number = Integer.parseInt(descriptor.getFileName().toString());
          return Optional.of(new PeerSocket(pid, number));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // it has ended
    }
  }

  private static Optional<Path> target(Path descriptor) {
    try {
      return Optional.of(Files.readSymbolicLink(descriptor));
    } catch (IOException e) {
      return Optional.empty(); // closed meanwhile
    }
  }
}
