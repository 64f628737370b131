package org.letargo.manager.migration;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.MigrationPeer;
import org.letargo.hook.protocol.VpsException;

/**
 * The peers of a manager that is starting: what was left running is taken up before they can be
 * spoken with, and waits for them here.
 */
public final class LateHosts implements OtherHosts {
  private final CountDownLatch known = new CountDownLatch(1);
  private volatile Optional<OtherHosts> hosts = Optional.empty();

  /**
   * These they are.
   *
   * @param are empty: peers are off
   */
  public void are(Optional<OtherHosts> are) {
    hosts = are;
    known.countDown();
  }

  private OtherHosts await() {
    try {
      known.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VpsException(
          Code.INTERRUPTED,
          "the migration is no longer watched",
          "the manager ends",
          "It goes on when the manager is started again.",
          e);
    }
    return hosts.orElseThrow(() ->
        new VpsException(
            Code.PEER_UNREACHABLE,
            "no other host can be asked",
            "peers are off on this host: its configuration has no 'peers.listen'",
            "Set 'peers.listen' again, and restart letargo-manager."));
  }

  @Override
  public OtherHost get(String name) {
    return await().get(name);
  }

  @Override
  public Optional<OtherHost> find(MigrationPeer peer) {
    return await().find(peer);
  }
}
