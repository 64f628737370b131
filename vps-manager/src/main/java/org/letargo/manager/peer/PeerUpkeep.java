package org.letargo.manager.peer;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.letargo.hook.protocol.VpsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the service look after its authorities now and then, on a thread of its own. */
public final class PeerUpkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerUpkeep.class);
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final PeerService service;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private PeerUpkeep(PeerService service) {
    this.service = service;
    this.thread = Thread.ofVirtual().name("peer-upkeep").unstarted(this::run);
  }

  /** Begins to look. */
  public static PeerUpkeep start(PeerService service) {
    PeerUpkeep upkeep = new PeerUpkeep(service);
    upkeep.thread.start();
    return upkeep;
  }

  private void run() {
    try {
      do {
        look();
      } while (!closed.await(PAUSE.toSeconds(), TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void look() {
    try {
      service.upkeep();
    } catch (VpsException e) {
      LOG.error("the certificate authorities cannot be looked after, trying again", e);
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
