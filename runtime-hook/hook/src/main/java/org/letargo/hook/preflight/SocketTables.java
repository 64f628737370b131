package org.letargo.hook.preflight;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.letargo.linux.NativeException;
import org.letargo.linux.UnixSockets;

/** The sockets of some network namespaces, by inode. */
final class SocketTables {
  /** Tables of one form: state in the fourth column, queues in the fifth, inode in the tenth. */
  private static final List<String> INET =
      List.of("tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6");

  private final Map<Long, NetSocket> sockets = new HashMap<>();
  private final Map<Long, UnixSockets.Entry> unix = new HashMap<>();
  private boolean encrypts;
  private boolean hasMultipath;

  /** Takes in all of the namespace that a process is in. */
  void add(long hostPid) {
    String net = "/proc/" + hostPid + "/net/";
    INET.forEach(table -> addInet(table, ProcFile.readIfThere(net + table)));
    addNetlink(ProcFile.readIfThere(net + "netlink"));
    addPacket(ProcFile.readIfThere(net + "packet"));
    hasMultipath |= hasMultipath(ProcFile.readIfThere(net + "protocols"));
    encrypts |= encrypts(ProcFile.readIfThere(net + "tls_stat"));
    try {
      UnixSockets.in(Path.of("/proc/" + hostPid + "/ns/net"))
          .forEach(socket -> unix.put(socket.inode(), socket));
    } catch (NativeException e) {
      // the process has ended, or the kernel has no unix_diag, which the engine would say itself
    }
  }

  void addInet(String table, String text) {
    text.lines()
        .skip(1)
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length >= 10)
        .forEach(fields ->
            sockets.put(
                Long.parseLong(fields[9]),
                new NetSocket(
                    table,
                    Integer.parseInt(fields[3], 16),
                    Long.parseLong(fields[4].substring(fields[4].indexOf(':') + 1), 16),
                    0,
                    false,
                    fields[1],
                    fields[2])));
  }

  /** {@code sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode}. */
  void addNetlink(String text) {
    text.lines()
        .skip(1)
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length >= 10)
        .forEach(fields ->
            sockets.put(
                Long.parseLong(fields[9]),
                new NetSocket(
                    "netlink",
                    NetSocket.CLOSED,
                    Long.parseLong(fields[4]),
                    Long.parseLong(fields[2]),
                    Long.parseLong(fields[3], 16) != 0,
                    "",
                    "")));
  }

  /** {@code sk RefCnt Type Proto Iface R Rmem User Inode}. */
  private void addPacket(String text) {
    text.lines()
        .skip(1)
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length >= 9)
        .forEach(fields ->
            sockets.put(
                Long.parseLong(fields[8]),
                new NetSocket("packet", NetSocket.CLOSED, 0, 0, false, "", "")));
  }

  /** {@code TlsCurrTxSw 1}: connections that the kernel encrypts now. */
  private static boolean encrypts(String text) {
    return text.lines()
        .filter(line -> line.startsWith("TlsCurr"))
        .anyMatch(line -> !line.stripTrailing().endsWith("\t0") && !line.strip().endsWith(" 0"));
  }

  /** {@code MPTCPv6 2360 3 ...}: a socket of it stands in the table of TCP like any other. */
  private static boolean hasMultipath(String text) {
    return text.lines()
        .filter(line -> line.startsWith("MPTCP"))
        .map(line -> line.split("\\s+"))
        .anyMatch(fields -> fields.length > 2 && !fields[2].equals("0"));
  }

  /** Whether some sockets of TCP are of MPTCP. */
  boolean hasMultipath() {
    return hasMultipath;
  }

  /** Whether any connection may be encrypted by the kernel. */
  boolean encrypts() {
    return encrypts;
  }

  /** One that is not of Unix; not bound or connected ones are in no table. */
  Optional<NetSocket> find(long inode) {
    return Optional.ofNullable(sockets.get(inode));
  }

  Optional<UnixSockets.Entry> findUnix(long inode) {
    return Optional.ofNullable(unix.get(inode));
  }
}
