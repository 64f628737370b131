package org.letargo.archive.criu;

/**
 * A socket in a checkpoint that has a name or an address.
 *
 * @param protocol such as {@code tcp}, {@code udp6} or {@code unix}
 * @param state {@code listening}, {@code connected} or empty
 * @param local address and port, or the name of a Unix socket; the program's choice, any text
 * @param remote address and port; empty if it has none
 */
public record CriuSocket(String protocol, String state, String local, String remote)
    implements Comparable<CriuSocket> {
  @Override
  public int compareTo(CriuSocket other) {
    return java.util.Comparator.comparing(CriuSocket::protocol)
        .thenComparing(CriuSocket::local)
        .thenComparing(CriuSocket::remote)
        .thenComparing(CriuSocket::state)
        .compare(this, other);
  }
}
