package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;

/**
 * Connections at IPv6 addresses that count on one device only, of TCP and UDP. They are saved, but
 * without their device (sk-inet.c of the engine): binding or connecting them again fails, and their
 * VPS could not be resumed. Sockets that listen or are only bound there are no obstacle.
 */
final class ScopeCheck implements Check {
  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .openSockets()
        .forEach(held ->
            scene
                .sockets()
                .find(held.descriptor().socketInode())
                .filter(NetSocket::isScopedConnection)
                .ifPresent(socket ->
                    findings.add(
                        held.process()
                            .obstacle(
                                ObstacleKind.SCOPED_CONNECTION,
                                ObstacleResource.descriptor(
                                    held.descriptor().number(),
                                    "with " + InetText.of(socket.peer()))))));
  }
}
