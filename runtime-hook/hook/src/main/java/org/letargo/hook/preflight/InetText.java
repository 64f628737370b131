package org.letargo.hook.preflight;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Addresses of /proc/net as people write them. */
final class InetText {
  private InetText() {}

  /** {@code 0201A8C0:0050} becomes {@code 192.168.1.2:80}; the kernel writes words of its order. */
  static String of(String hexadecimal) {
    int colon = hexadecimal.indexOf(':');
    if (colon < 8) {
      return hexadecimal;
    }
    try {
      ByteBuffer address = ByteBuffer.allocate(colon / 2).order(ByteOrder.nativeOrder());
      for (int at = 0; at + 8 <= colon; at += 8) {
        address.putInt(Integer.parseUnsignedInt(hexadecimal.substring(at, at + 8), 16));
      }
      int port = Integer.parseInt(hexadecimal.substring(colon + 1), 16);
      String text = InetAddress.getByAddress(address.array()).getHostAddress();
      return (text.contains(":") ? "[" + text + "]" : text) + ":" + port;
    } catch (UnknownHostException | NumberFormatException e) {
      return hexadecimal;
    }
  }
}
