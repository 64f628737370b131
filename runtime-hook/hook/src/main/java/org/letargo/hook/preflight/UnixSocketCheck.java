package org.letargo.hook.preflight;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.linux.BorrowedSocket;
import org.letargo.linux.NativeException;
import org.letargo.linux.UnixSockets;

/**
 * Connected Unix sockets whose other end is not saved: a session of exec that talks to a service,
 * say. Connections that nobody has accepted and that have something to say, or were closed. And
 * messages that wait with more than bytes and descriptors (sk-unix.c and sk-queue.c of the engine).
 */
final class UnixSocketCheck implements Check {
  private static final int DATAGRAM = 2;

  @Override
  public void search(Scene scene, Findings findings) {
    List<Scene.Held> sockets = scene.openSockets().toList();
    Set<Long> held = new HashSet<>();
    sockets.forEach(socket -> held.add(socket.descriptor().socketInode()));
    Map<Long, GuestProcess> guests = heldByGuests(scene);
    Set<Long> waiting = new HashSet<>();
    held.forEach(inode ->
        scene.sockets().findUnix(inode).ifPresent(entry -> waiting.addAll(entry.waiting())));
    Set<Long> seen = new HashSet<>();
    for (Scene.Held socket : sockets) {
      long inode = socket.descriptor().socketInode();
      if (seen.add(inode)) {
        scene
            .sockets()
            .findUnix(inode)
            .ifPresent(entry -> check(socket, entry, held, waiting, guests, findings));
      }
    }
  }

  private static boolean addsToMessages(Scene.Held socket) {
    try (var asked = BorrowedSocket.of(socket.process().hostPid(), socket.descriptor().number())) {
      return asked.addsToMessages();
    } catch (NativeException e) {
      return false; // closed meanwhile
    }
  }

  private static Map<Long, GuestProcess> heldByGuests(Scene scene) {
    Map<Long, GuestProcess> found = new HashMap<>();
    for (GuestProcess guest : scene.guests()) {
      guest.descriptors().stream()
          .filter(Descriptor::isSocket)
          .forEach(descriptor -> found.put(descriptor.socketInode(), guest));
    }
    return found;
  }

  private static void check(
      Scene.Held socket,
      UnixSockets.Entry entry,
      Set<Long> held,
      Set<Long> waiting,
      Map<Long, GuestProcess> guests,
      Findings findings) {
    if (entry.isListening() && entry.waiting().contains(0L)) {
      findings.add(
          socket
              .process()
              .obstacle(ObstacleKind.PENDING_CONNECTION, socket.descriptor())
              .because("a Unix connection was closed before it was accepted"));
    }
    if (entry.unread() && addsToMessages(socket)) {
      findings.add(socket.process().obstacle(ObstacleKind.QUEUED_CREDENTIALS, socket.descriptor()));
    }
    if (waiting.contains(socket.descriptor().socketInode()) && entry.unsent()) {
      findings.add(
          socket
              .process()
              .obstacle(ObstacleKind.PENDING_CONNECTION, socket.descriptor())
              .because("a Unix connection has sent something and waits to be accepted"));
    }
    if (entry.type() == DATAGRAM || entry.peer() == 0 || held.contains(entry.peer())) {
      return;
    }
    var obstacle = socket.process().obstacle(ObstacleKind.UNIX_PEER_OUTSIDE, socket.descriptor());
    GuestProcess guest = guests.get(entry.peer());
    findings.add(
        guest == null
            ? obstacle
            : obstacle.because(
                obstacle.reason() + ": " + guest.name() + ", a session of exec, has it"));
  }
}
