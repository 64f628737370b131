package org.letargo.hook.preflight;

/**
 * A socket as a table of /proc/PID/net shows it.
 *
 * @param table such as {@code tcp6}
 * @param state as in the kernel's tcp_states.h: 1 established, 7 closed, 10 listening
 * @param unread bytes that wait; for a listening socket the connections that wait
 * @param port the port that a netlink socket is bound to; 0 if to none
 * @param hasGroups whether a netlink socket hears of groups
 * @param own its address and port, in hexadecimal; empty where there are none
 * @param peer the same of the other end
 */
record NetSocket(
    String table, int state, long unread, long port, boolean hasGroups, String own, String peer) {
  static final int ESTABLISHED = 1;
  static final int CLOSED = 7;
  static final int LISTENING = 10;

  boolean isTcp() {
    return table.startsWith("tcp");
  }

  /** Whether it is connected, and an address of it counts on one device only. */
  boolean isScopedConnection() {
    return state != CLOSED
        && state != LISTENING
        && (InetText.isOfOneDevice(own) || InetText.isOfOneDevice(peer));
  }

  boolean isNetlink() {
    return table.equals("netlink");
  }
}
