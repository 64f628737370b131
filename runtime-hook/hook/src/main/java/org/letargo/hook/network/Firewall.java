package org.letargo.hook.network;

import java.util.Collection;
import java.util.Locale;
import org.letargo.hook.command.Command;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.VpsSpec;

/**
 * One nftables table of ours: addresses of VPSes are hidden behind the host's, published ports lead
 * to them. It is written as a whole each time, in one transaction, so that it never stands
 * half-way.
 */
final class Firewall {
  private final String table;
  private final HookConfiguration configuration;

  Firewall(HookConfiguration configuration) {
    this.configuration = configuration;
    this.table = "letargo_" + configuration.instance().replace('-', '_');
  }

  synchronized void publish(Collection<VpsSpec> vpses) {
    StringBuilder redirects = new StringBuilder();
    for (VpsSpec spec : vpses) {
      for (PublishedPort port : spec.published()) {
        redirects.append(
            "    fib daddr type local %s dport %d dnat to %s:%d%n"
                .formatted(
                    port.protocol().name().toLowerCase(Locale.ROOT),
                    port.hostPort(),
                    spec.address(),
                    port.vpsPort()));
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
            ip saddr %3$s oifname != "%2$s" masquerade
            ip saddr 127.0.0.0/8 oifname "%2$s" masquerade
            ip saddr %3$s ip daddr %3$s ct status dnat masquerade
          }
        }
        """
            .formatted(table, configuration.bridge(), configuration.subnet(), redirects);
    Command.of("nft", "-f", "-").input(rules).run().orFail("cannot set the firewall rules");
  }

  synchronized void remove() {
    Command.of("nft", "-f", "-")
        .input("table ip %1$s%ndelete table ip %1$s%n".formatted(table))
        .run()
        .orFail("cannot remove the firewall rules");
  }
}
