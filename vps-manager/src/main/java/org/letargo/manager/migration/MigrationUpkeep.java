package org.letargo.manager.migration;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the other host, again and again, about every VPS that stands between it and this one and
 * that no operation is at work on, and does what follows from its answer; on a thread of its own.
 */
public final class MigrationUpkeep implements AutoCloseable {
  /** In whose name it does that. */
  static final String BY = "(migration)";

  private static final Logger LOG = LoggerFactory.getLogger(MigrationUpkeep.class);
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private final MigrateVps migrate;
  private final Arrivals arrivals;
  private final OtherHosts hosts;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private MigrationUpkeep(MigrateVps migrate, Arrivals arrivals, OtherHosts hosts) {
    this.migrate = migrate;
    this.arrivals = arrivals;
    this.hosts = hosts;
    this.thread = Thread.ofVirtual().name("migration-upkeep").unstarted(this::run);
  }

  /** Begins to ask. */
  public static MigrationUpkeep start(MigrateVps migrate, Arrivals arrivals, OtherHosts hosts) {
    MigrationUpkeep upkeep = new MigrationUpkeep(migrate, arrivals, hosts);
    upkeep.thread.start();
    return upkeep;
  }

  private void run() {
    try {
      while (!closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        for (VpsReport report : arrivals.waiting()) {
          look(report.spec().name(), report.migration().orElseThrow());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void look(VpsName name, Migration open) {
    try {
      if (open.phase().isOfSource()) {
        migrate.reconcile(name, open);
      } else {
        arrivals.reconcile(name, open, hosts);
      }
    } catch (VpsException e) {
      LOG.debug("vps={} {}, trying again", name, e.getMessage());
    }
  }

  /** Waits until it has ended. */
  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
