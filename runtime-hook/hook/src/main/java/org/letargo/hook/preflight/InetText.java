package org.letargo.hook.preflight;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Addresses of /proc/net as people write them. */
final class InetText {
  private InetText() {}

  /** {@code 0201A8C0:0050} becomes {@code 192.168.1.2:80}; what is no address stays as it is. */
  static String of(String hexadecimal) {
    return parse(hexadecimal)
        .map(address -> {
          String text = address.getAddress().getHostAddress();
          return (text.contains(":") ? "[" + text + "]" : text) + ":" + address.getPort();
        })
        .orElse(hexadecimal);
  }

  /** Whether it counts on one device only: {@code fe80::/10} and {@code ff02::/16} of IPv6. */
  static boolean isOfOneDevice(String hexadecimal) {
    return parse(hexadecimal)
        .map(InetSocketAddress::getAddress)
        .filter(address ->
            address instanceof Inet6Address
                && (address.isLinkLocalAddress() || address.isMCLinkLocal()))
        .isPresent();
  }

  /** The kernel writes words of its order. */
  private static Optional<InetSocketAddress> parse(String hexadecimal) {
    int colon = hexadecimal.indexOf(':');
    if (colon < 8) {
      return Optional.empty();
    }
    try {
      ByteBuffer address = ByteBuffer.allocate(colon / 2).order(ByteOrder.nativeOrder());
      for (int at = 0; at + 8 <= colon; at += 8) {
        address.putInt(Integer.parseUnsignedInt(hexadecimal.substring(at, at + 8), 16));
      }
      int port = Integer.parseInt(hexadecimal.substring(colon + 1), 16);
      return Optional.of(new InetSocketAddress(InetAddress.getByAddress(address.array()), port));
    } catch (UnknownHostException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
