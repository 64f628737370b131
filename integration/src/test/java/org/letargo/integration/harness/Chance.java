package org.letargo.integration.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Names and numbers that several test runs on one machine can use at the same time without knowing
 * of each other.
 */
public final class Chance {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Set<String> SUBNETS = ConcurrentHashMap.newKeySet();

  private Chance() {}

  static int next(int bound) {
    return RANDOM.nextInt(bound);
  }

  /** One that no device of this host is in, such as {@code 10.100.7.0/24}. */
  static String subnet() {
    String routes = HostCommand.run("ip", "-4", "route");
    while (true) {
      String start = "10.%d.%d.".formatted(96 + next(32), next(256));
      if (!routes.contains(start) && SUBNETS.add(start)) {
        return start + "0/24";
      }
    }
  }

  /** Below the ports that the kernel gives to clients, so that it is free after a restart too. */
  public static int port() {
    while (true) {
      int port = 20_000 + next(10_000);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (IOException e) {
        continue; // taken
      }
    }
  }

  /** The first of 256 ranges of 65,536 user ids. */
  static int firstHostId() {
    return 0x2000_0000 + next(64) * 0x100_0000;
  }
}
