package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;

/** TCP connections, and those that wait to be accepted (can_dump_inet_sk in sk-inet.c). */
final class TcpCheck implements Check {
  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .openSockets()
        .forEach(held ->
            scene
                .sockets()
                .find(held.descriptor().socketInode())
                .filter(NetSocket::isTcp)
                .ifPresent(socket -> check(held, socket, findings)));
  }

  private static void check(Scene.Held held, NetSocket socket, Findings findings) {
    if (socket.state() == NetSocket.CLOSED || socket.isScopedConnection()) {
      return;
    }
    if (socket.state() != NetSocket.LISTENING) {
      findings.add(
          held.process()
              .obstacle(
                  ObstacleKind.TCP_CONNECTION,
                  ObstacleResource.descriptor(
                      held.descriptor().number(), "with " + InetText.of(socket.peer()))));
    } else if (socket.unread() > 0) {
      findings.add(
          held.process()
              .obstacle(ObstacleKind.PENDING_CONNECTION, held.descriptor())
              .because(
                  socket.unread() == 1
                      ? "a TCP connection waits to be accepted"
                      : socket.unread() + " TCP connections wait to be accepted"));
    }
  }
}
