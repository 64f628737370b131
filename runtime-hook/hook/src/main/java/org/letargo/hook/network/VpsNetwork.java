package org.letargo.hook.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.locks.LockSupport;
import org.letargo.hook.command.Command;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plugs VPSes into the bridge. A VPS's network namespace is made by the runtime, so that it belongs
 * to the VPS's user namespace; one end of a veth pair is moved into it. The host's end stays down
 * until the VPS may hear the network: a packet that reaches a restored VPS before its socket is
 * repaired would be answered by a reset, and the connection lost.
 */
public final class VpsNetwork {
  private static final String INSIDE = "eth0";

  private static final Logger LOG = LoggerFactory.getLogger(VpsNetwork.class);

  /**
   * To give a device the MAC that it has makes the kernel announce its addresses, where it was told
   * to (inetdev_event, ndisc_netdev_event: NETDEV_CHANGEADDR).
   */
  private static final String ANNOUNCE =
      """
      set -e
      echo 1 >/proc/sys/net/ipv4/conf/eth0/arp_notify
      [ ! -e /proc/sys/net/ipv6/conf/eth0/ndisc_notify ] ||
        echo 1 >/proc/sys/net/ipv6/conf/eth0/ndisc_notify
      ip link set eth0 address "$1"
      """;

  private static final Duration LONGEST_CARRIER = Duration.ofSeconds(1);
  private static final Duration CARRIER_PAUSE = Duration.ofMillis(1);

  /** The other end of the pair of a trial. */
  private static final String NOWHERE = "nowhere0";

  private final HookConfiguration configuration;
  private final Firewall firewall;

  public VpsNetwork(HookConfiguration configuration) {
    this.configuration = configuration;
    this.firewall = new Firewall(configuration);
  }

  /**
   * Makes the bridge and lets the host forward; what is there already stays. A bridge may be there
   * without its address: of a hook that died, or set down by somebody.
   */
  public void prepareHost() {
    String bridge = configuration.bridge();
    String what = "cannot make bridge " + bridge;
    if (!Files.exists(Path.of("/sys/class/net", bridge))) {
      ip("link add %s type bridge\n".formatted(bridge), what);
    }
    ip(
        """
        addr replace %s dev %s
        link set %s up
        """
            .formatted(configuration.subnet().gatewayInterface(), bridge, bridge),
        what);
    sysctl("net/ipv4/ip_forward", "1");
    // Published ports are reachable at 127.0.0.1 too; the firewall keeps VPSes from using this.
    sysctl("net/ipv4/conf/" + bridge + "/route_localnet", "1");
  }

  /** Lets the published ports of these VPSes, and no others, lead to them. */
  public void publish(Collection<VpsSpec> vpses) {
    firewall.publish(vpses);
  }

  /**
   * Gives the network namespace of a process its address; the host's end stays down.
   *
   * @param pid a process in the namespace
   */
  public void plug(VpsSpec spec, long pid) {
    String device = device(spec.address());
    unplug(spec);
    String what = "cannot plug VPS '" + spec.name() + "' into " + configuration.bridge();
    ip(
        """
        link add %s type veth peer name %s netns %d address %s
        link set %s master %s
        """
            .formatted(device, INSIDE, pid, spec.mac(), device, configuration.bridge()),
        what);
    inside(pid, addressing(spec), what);
  }

  private String addressing(VpsSpec spec) {
    return """
    link set lo up
    addr add %s/%d dev %s
    link set %s up
    route add default via %s
    """
        .formatted(
            spec.address(),
            configuration.subnet().prefixLength(),
            INSIDE,
            INSIDE,
            configuration.subnet().gateway());
  }

  private static void inside(long pid, String batch, String what) {
    Command.of("nsenter", "-t", String.valueOf(pid), "-n", "ip", "-batch", "-")
        .input(batch)
        .run()
        .orFail(what);
  }

  /**
   * Gives the network namespace of a process its address, and nothing behind it: the other end of
   * the pair is in the same namespace, and down. Nothing of it is on the host, so no packet can
   * leave or come, and it goes with the namespace.
   *
   * @param pid a process in the namespace
   */
  public void plugNowhere(VpsSpec spec, long pid) {
    inside(
        pid,
        "link add %s type veth peer name %s\nlink set %s address %s\n"
                .formatted(INSIDE, NOWHERE, INSIDE, spec.mac())
            + addressing(spec),
        "cannot make an empty network for a trial of VPS '" + spec.name() + "'");
  }

  /** Lets packets through to the VPS. */
  public void raise(VpsSpec spec) {
    ip(
        "link set " + device(spec.address()) + " up\n",
        "cannot raise the network of VPS '" + spec.name() + "'");
  }

  /**
   * Says on the segment where the VPS is now: by an ARP announcement of its address, and by
   * neighbour advertisements of those of version 6. It may have been elsewhere a moment ago, and
   * switches would send there what is for it until it says something. Call it when the host's end
   * is up.
   *
   * <p>It is no failure if that cannot be done.
   *
   * @param pid a process in its network namespace
   */
  public void announce(VpsSpec spec, long pid) {
    awaitCarrier(device(spec.address()));
    try {
      Command.of("nsenter", "-t", String.valueOf(pid), "-n", "sh", "-c", ANNOUNCE, "-", spec.mac())
          .input("")
          .run()
          .orFail("cannot announce where VPS '" + spec.name() + "' is");
    } catch (VpsException e) { // it runs, and is heard of when it says something itself
      LOG.warn("vps={} {}, continuing without it", spec.name(), e.getMessage());
    }
  }

  /** The kernel lets nothing through before it has seen, on a thread of its own, that it is up. */
  private static void awaitCarrier(String device) {
    Path state = Path.of("/sys/class/net", device, "operstate");
    long deadlineNanos = System.nanoTime() + LONGEST_CARRIER.toNanos();
    try {
      while (!Files.readString(state).strip().equals("up") && System.nanoTime() < deadlineNanos) {
        LockSupport.parkNanos(CARRIER_PAUSE.toNanos());
      }
    } catch (IOException e) {
      LOG.debug("{} is gone", device, e);
    }
  }

  /** Lets no packet through to the VPS any more, nor from it, until it is raised again. */
  public void lower(VpsSpec spec) {
    ip(
        "link set " + device(spec.address()) + " down\n",
        "cannot lower the network of VPS '" + spec.name() + "'");
  }

  /** Removes the pair, if it is there. */
  public void unplug(VpsSpec spec) {
    String device = device(spec.address());
    if (Files.exists(Path.of("/sys/class/net", device))) {
      Command.of("ip", "link", "del", device).run();
    }
  }

  /**
   * The host's end: the address in hexadecimal, as a name of a device has 15 characters at most.
   */
  static String device(Ipv4Address address) {
    return "lt%08x".formatted(address.bits());
  }

  private static void ip(String batch, String what) {
    Command.of("ip", "-batch", "-").input(batch).run().orFail(what);
  }

  private static void sysctl(String key, String value) {
    Path file = Path.of("/proc/sys", key);
    try {
      if (!Files.readString(file).strip().equals(value)) {
        Files.writeString(file, value);
      }
    } catch (IOException e) {
      throw DurableFiles.failed("cannot set " + file + " to " + value, e);
    }
  }
}
