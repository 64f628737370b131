package org.letargo.hook.config;

import java.util.Optional;
import java.util.Set;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.VpsException;

/**
 * The addresses of the VPSes of a host. The first one is the bridge's own.
 *
 * @param network with all host bits zero
 * @param prefixLength 8 to 29
 */
public record Subnet(Ipv4Address network, int prefixLength) {
  /** Reads {@code 10.77.0.0/16}. */
  public static Subnet parse(String text) {
    int slash = text.indexOf('/');
    try {
      Subnet subnet =
          new Subnet(
              new Ipv4Address(text.substring(0, Math.max(slash, 0))),
              Integer.parseInt(text.substring(slash + 1)));
      if (subnet.prefixLength < 8
          || subnet.prefixLength > 29
          || (subnet.network.bits() & ~subnet.mask()) != 0) {
        throw new IllegalArgumentException(
            "'" + text + "' is not a network of 8 to 29 bits with zeros behind them");
      }
      return subnet;
    } catch (VpsException | NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not written like 10.77.0.0/16", e);
    }
  }

  private int mask() {
    return -1 << (32 - prefixLength);
  }

  /** The bridge's address, which is the VPSes' gateway. */
  public Ipv4Address gateway() {
    return Ipv4Address.of(network.bits() + 1);
  }

  /** The gateway with the prefix length, as {@code ip addr} takes it. */
  public String gatewayInterface() {
    return gateway() + "/" + prefixLength;
  }

  /** Whether a VPS may have this address. */
  public boolean offers(Ipv4Address address) {
    int host = address.bits() - network.bits();
    return (address.bits() & mask()) == network.bits()
        && host >= 2
        && host < (1 << (32 - prefixLength)) - 1;
  }

  /** The first address that a VPS may have and that is not in the list; empty if none is left. */
  public Optional<Ipv4Address> firstFree(Set<Ipv4Address> taken) {
    for (int host = 2; host < (1 << (32 - prefixLength)) - 1; host++) {
      Ipv4Address address = Ipv4Address.of(network.bits() + host);
      if (!taken.contains(address)) {
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return network + "/" + prefixLength;
  }
}
