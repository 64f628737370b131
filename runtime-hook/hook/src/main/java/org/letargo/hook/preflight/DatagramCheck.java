package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;

/** Datagrams that wait to be read: the engine drops them (can_dump_inet_sk in sk-inet.c). */
final class DatagramCheck implements Check {
  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .openSockets()
        .forEach(held ->
            scene
                .sockets()
                .find(held.descriptor().socketInode())
                .filter(socket -> socket.table().startsWith("udp") && socket.unread() > 0)
                .ifPresent(_ ->
                    findings.add(
                        held.process()
                            .obstacle(ObstacleKind.QUEUED_DATAGRAMS, held.descriptor()))));
  }
}
