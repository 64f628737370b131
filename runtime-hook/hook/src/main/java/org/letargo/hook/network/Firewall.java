package org.letargo.hook.network;

import java.util.Collection;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.letargo.hook.command.Command;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.VpsSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two nftables tables of ours. In the family ip, addresses of VPSes are hidden behind the host's
 * and published ports lead to them; in the family bridge, no VPS can use an address that is not its
 * own. Each is written as a whole, in one transaction, so that it never stands half-way.
 *
 * <p>A connection to a published port outlives what the kernel knows of it (nf_conntrack): the VPS
 * is suspended, the host reboots. If the VPS is the first to speak then, its packets would leave
 * with a port that the peer never heard of, and it would reset the connection. So they get the
 * published one.
 */
final class Firewall {
  private static final Logger LOG = LoggerFactory.getLogger(Firewall.class);

  private final String table;
  private final HookConfiguration configuration;

  Firewall(HookConfiguration configuration) {
    this.configuration = configuration;
    this.table = "letargo_" + configuration.instance().replace('-', '_');
  }

  synchronized void publish(Collection<VpsSpec> vpses) {
    StringBuilder redirects = new StringBuilder();
    StringBuilder resumed = new StringBuilder();
    for (VpsSpec spec : vpses) {
      for (PublishedPort port : spec.published()) {
        redirects.append(
            "    fib daddr type local %s dport %d dnat to %s:%d%n"
                .formatted(
                    port.protocol().name().toLowerCase(Locale.ROOT),
                    port.hostPort(),
                    spec.address(),
                    port.vpsPort()));
        if (port.protocol() == PublishedPort.Protocol.TCP) {
          resumed.append(
              "    ip saddr %s tcp sport %d tcp flags & syn == 0 oifname != \"%s\" masquerade to :%d%n"
                  .formatted(
                      spec.address(), port.vpsPort(), configuration.bridge(), port.hostPort()));
        }
      }
    }
    String rules =
        """
        table ip %1$s
        delete table ip %1$s
        table ip %1$s {
          chain early {
            type filter hook prerouting priority raw; policy accept;
            iifname "%2$s" ip daddr 127.0.0.0/8 drop
          }
          chain incoming {
            type nat hook prerouting priority dstnat; policy accept;
        %4$s  }
          chain local {
            type nat hook output priority -100; policy accept;
        %4$s  }
          chain outgoing {
            type nat hook postrouting priority srcnat; policy accept;
        %5$s    ip saddr %3$s oifname != "%2$s" masquerade
            ip saddr 127.0.0.0/8 oifname "%2$s" masquerade
            ip saddr %3$s ip daddr %3$s ct status dnat masquerade
          }
        }
        """
            .formatted(table, configuration.bridge(), configuration.subnet(), redirects, resumed);
    Command.of("nft", "-f", "-").input(rules).run().orFail("cannot set the firewall rules");
    guard(vpses);
  }

  /**
   * A VPS's root rules its own end of the cable, so the host's end lets only packets of the VPS's
   * own addresses in: nobody can take the address of a neighbour or of the gateway. VPSes have IPv4
   * only; all else is dropped.
   */
  private void guard(Collection<VpsSpec> vpses) {
    String cables = elements(vpses, spec -> "\"" + VpsNetwork.device(spec.address()) + "\"");
    String own =
        elements(
            vpses,
            spec ->
                "\"%s\" . %s . %s"
                    .formatted(VpsNetwork.device(spec.address()), spec.mac(), spec.address()));
    String rules =
        """
        table bridge %1$s
        delete table bridge %1$s
        table bridge %1$s {
          set cables {
            type ifname
            %2$s
          }
          set own {
            type ifname . ether_addr . ipv4_addr
            %3$s
          }
          chain from {
            type filter hook prerouting priority filter; policy accept;
            iifname != @cables accept
            ether type arp iifname . ether saddr . arp saddr ip @own accept
            ether type ip iifname . ether saddr . ip saddr @own accept
            drop
          }
        }
        """
            .formatted(table, cables, own);
    Command.Result result = Command.of("nft", "-f", "-").input(rules).run();
    if (!result.ok()) {
      LOG.warn(
          "VPSes are not kept from using addresses of others: {}, continuing without it",
          result.reason());
    }
  }

  private static String elements(Collection<VpsSpec> vpses, Function<VpsSpec, String> element) {
    return vpses.isEmpty()
        ? ""
        : vpses.stream().map(element).collect(Collectors.joining(", ", "elements = { ", " }"));
  }
}
