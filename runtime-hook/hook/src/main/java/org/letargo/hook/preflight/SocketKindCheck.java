package org.letargo.hook.preflight;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.linux.BorrowedSocket;
import org.letargo.linux.NativeException;

/**
 * Families, protocols and namespaces of sockets (sockets.c, can_dump_ipproto in sk-inet.c and
 * get_socket_ns in net.c of the engine). Only those are asked that are in no table, or may be of
 * MPTCP: the tables hold no others that the engine does not know.
 */
final class SocketKindCheck implements Check {
  private static final int UNIX = 1;
  private static final int INET = 2;
  private static final int INET6 = 10;
  private static final int NETLINK = 16;
  private static final int PACKET = 17;
  private static final int STREAM = 1;
  private static final int DATAGRAM = 2;
  private static final int RAW = 3;

  /** IP, ICMP, TCP, UDP, ICMPv6, UDP-Lite. */
  private static final Set<Integer> PROTOCOLS = Set.of(0, 1, 6, 17, 58, 136);

  private static final Map<Integer, String> FAMILY_NAMES =
      Map.of(
          15, "AF_KEY",
          29, "AF_CAN",
          30, "AF_TIPC",
          31, "AF_BLUETOOTH",
          38, "AF_ALG",
          40, "AF_VSOCK",
          43, "AF_SMC",
          44, "AF_XDP");

  private static final Map<Integer, String> PROTOCOL_NAMES =
      Map.of(33, "DCCP", 132, "SCTP", 262, "MPTCP");

  @Override
  public void search(Scene scene, Findings findings) {
    String own = scene.initProcess().map(process -> process.namespace("net")).orElse("");
    Set<Long> asked = new HashSet<>();
    scene
        .openSockets()
        .filter(held -> isWorthAsking(scene, held.descriptor().socketInode()))
        .filter(held -> asked.add(held.descriptor().socketInode()))
        .forEach(held -> ask(held, own, findings));
  }

  private static boolean isWorthAsking(Scene scene, long inode) {
    return scene
        .sockets()
        .find(inode)
        .map(socket -> socket.isTcp() && scene.sockets().hasMultipath())
        .orElseGet(() -> scene.sockets().findUnix(inode).isEmpty());
  }

  private static void ask(Scene.Held held, String ownNetwork, Findings findings) {
    int family;
    int protocol;
    int type;
    String network;
    try (var socket = BorrowedSocket.of(held.process().hostPid(), held.descriptor().number())) {
      family = socket.domain();
      protocol = socket.protocol();
      type = socket.type();
      network = socket.networkNamespace();
    } catch (NativeException e) {
      return; // closed meanwhile
    }
    if (!ownNetwork.isEmpty() && !network.equals(ownNetwork)) {
      findings.add(held.process().obstacle(ObstacleKind.NESTED_NET_NAMESPACE, held.descriptor()));
      return;
    }
    switch (family) {
      case UNIX, NETLINK, PACKET -> {
        // made after the tables were read
      }
      case INET, INET6 -> {
        if (!isSaved(type, protocol)) {
          String name = PROTOCOL_NAMES.getOrDefault(protocol, "protocol " + protocol);
          findings.add(
              held.process()
                  .obstacle(ObstacleKind.SOCKET_PROTOCOL, held.descriptor())
                  .because(ObstacleKind.SOCKET_PROTOCOL.reason() + ": " + name));
        }
      }
      default -> {
        String name = FAMILY_NAMES.getOrDefault(family, "family " + family);
        findings.add(
            held.process()
                .obstacle(ObstacleKind.SOCKET_FAMILY, held.descriptor())
                .because(ObstacleKind.SOCKET_FAMILY.reason() + ": " + name));
      }
    }
  }

  private static boolean isSaved(int type, int protocol) {
    return switch (type) {
      case RAW -> true;
      case STREAM, DATAGRAM -> PROTOCOLS.contains(protocol);
      default -> false;
    };
  }
}
