package org.letargo.hook.preflight;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.linux.BorrowedSocket;
import org.letargo.linux.NativeException;

/**
 * Options of TCP sockets that the engine does not save (dump_socket_opts in its sockets.c has those
 * that it does) and that make a difference later.
 */
final class SocketOptionCheck implements Check {
  /** Each costs some system calls; with so many the first ones show what the program does. */
  private static final int MOST = 2_000;

  private static final String USUAL_CONGESTION_CONTROL =
      "/proc/sys/net/ipv4/tcp_congestion_control";

  @Override
  public void search(Scene scene, Findings findings) {
    String usual = ProcFile.readIfThere(USUAL_CONGESTION_CONTROL).strip();
    Set<Long> asked = new HashSet<>();
    scene
        .openSockets()
        .filter(held -> isTcp(scene, held.descriptor()))
        .filter(held -> asked.add(held.descriptor().socketInode()))
        .limit(MOST)
        .forEach(held ->
            lost(held, usual)
                .ifPresent(option ->
                    findings.add(
                        held.process()
                            .obstacle(ObstacleKind.SOCKET_OPTION, held.descriptor())
                            .because(ObstacleKind.SOCKET_OPTION.reason() + ": " + option))));
  }

  private static boolean isTcp(Scene scene, Descriptor descriptor) {
    return scene
        .sockets()
        .find(descriptor.socketInode())
        .filter(socket -> socket.isTcp() && socket.state() != NetSocket.CLOSED)
        .isPresent();
  }

  private static Optional<String> lost(Scene.Held held, String usual) {
    try (var socket = BorrowedSocket.of(held.process().hostPid(), held.descriptor().number())) {
      if (socket.tcpUserTimeoutMillis() != 0) {
        return Optional.of("TCP_USER_TIMEOUT");
      }
      if (socket.tcpNotSentLowWaterBytes() != 0) {
        return Optional.of("TCP_NOTSENT_LOWAT");
      }
      String control = socket.tcpCongestionControl();
      return control.equals(usual) ? Optional.empty() : Optional.of("TCP_CONGESTION " + control);
    } catch (NativeException e) {
      return Optional.empty(); // closed meanwhile, or of MPTCP, which is told as such
    }
  }
}
