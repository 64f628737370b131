package org.letargo.integration.harness;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Nothing goes between the managers of two instances as long as it is open: packets are dropped, in
 * both directions, on connections that are there and on new ones. Nobody is told.
 */
public final class LinkCut implements AutoCloseable {
  private final String table;

  private LinkCut(String table) {
    this.table = table;
  }

  /** From now on. */
  public static LinkCut between(Instance one, Instance other) {
    String table = "lt_cut_" + ProcessHandle.current().pid();
    String ports = one.peerPort() + ", " + other.peerPort();
    HostCommand.run(
        "nft",
        """
        table inet %1$s {
          chain output {
            type filter hook output priority 0
            tcp dport { %2$s } drop
            tcp sport { %2$s } drop
          }
        }
        """
            .formatted(table, ports));
    return new LinkCut(table);
  }

  /** So long does it last: the time is the fault. */
  public void await(Duration duration) {
    try {
      new CountDownLatch(1).await(duration.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    HostCommand.run("nft", "delete", "table", "inet", table);
  }
}
