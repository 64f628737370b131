package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.linux.BorrowedSocket;
import org.letargo.linux.NativeException;

/** Netlink sockets with unread messages, or with groups beyond the 32nd (sk-netlink.c). */
final class NetlinkCheck implements Check {
  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .openSockets()
        .forEach(held ->
            scene
                .sockets()
                .find(held.descriptor().socketInode())
                .filter(NetSocket::isNetlink)
                .ifPresent(socket -> check(held, socket, findings)));
  }

  private static void check(Scene.Held held, NetSocket socket, Findings findings) {
    if (socket.unread() > 0) {
      findings.add(held.process().obstacle(ObstacleKind.NETLINK_DATA, held.descriptor()));
    }
    if (socket.hasGroups() && socket.port() == 0) {
      findings.add(
          held.process()
              .obstacle(ObstacleKind.NETLINK_GROUPS, held.descriptor())
              .because("it hears of groups and is bound to no port, which cannot be saved"));
    } else if (needsMoreThanOneWord(held)) {
      findings.add(held.process().obstacle(ObstacleKind.NETLINK_GROUPS, held.descriptor()));
    }
  }

  /** The engine has room for one word of 32 groups, and forgives a second one that is empty. */
  private static boolean needsMoreThanOneWord(Scene.Held held) {
    try (var socket = BorrowedSocket.of(held.process().hostPid(), held.descriptor().number())) {
      int[] words = socket.netlinkGroups();
      int count = words.length;
      if (count > 0 && words[count - 1] == 0) {
        count--;
      }
      return count > 1;
    } catch (NativeException e) {
      return false; // closed meanwhile
    }
  }
}
