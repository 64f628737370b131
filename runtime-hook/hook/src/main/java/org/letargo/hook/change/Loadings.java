package org.letargo.hook.change;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.letargo.hook.config.HookConfiguration;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.pages.UserfaultfdSetting;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.vps.Vps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The VPSes that run while memory of theirs is still in the store; at most one {@link Loading} of
 * each. Any thread may ask.
 */
public final class Loadings {
  private static final Logger LOG = LoggerFactory.getLogger(Loadings.class);

  private final Map<VpsName, Loading> underWay = new ConcurrentHashMap<>();
  private final UserfaultfdSetting setting;

  public Loadings(HookConfiguration configuration) {
    setting = new UserfaultfdSetting(configuration.runDir().resolve("userfaultfd.json"));
  }

  UserfaultfdSetting setting() {
    return setting;
  }

  /** Puts back what a hook that died has left. */
  void recover() {
    setting.recover();
  }

  void add(Loading loading) {
    if (underWay.putIfAbsent(loading.name(), loading) != null) {
      throw new IllegalStateException("memory of " + loading.name() + " is on its way already");
    }
  }

  void remove(Loading loading) {
    underWay.remove(loading.name(), loading);
  }

  Optional<Loading> of(Vps vps) {
    return Optional.ofNullable(underWay.get(vps.spec().name()));
  }

  /**
   * Waits until all memory of a VPS is there, within a change of it. Until then it must not be
   * frozen, nor saved: what is missing would be saved as zeros.
   *
   * @throws org.letargo.hook.protocol.VpsException CANCELLED; RESUME_FAILED or CHECKPOINT_CORRUPT
   *     if it cannot be had: the VPS has no processes then and is suspended after this change
   */
  public void await(Vps vps, Operation operation) {
    of(vps).ifPresent(loading -> loading.await(operation));
  }

  /** Ends it for a VPS whose processes were ended; nothing of it works when this returns. */
  void abandon(VpsName vps) {
    Optional.ofNullable(underWay.get(vps)).ifPresent(Loading::abandon);
  }

  /** Whether the VPS still needs this checkpoint, to run or to go back to. */
  boolean isFrom(Vps vps, CheckpointId checkpoint) {
    return of(vps).filter(loading -> loading.checkpoint().id().equals(checkpoint)).isPresent();
  }

  /** Waits for all of them, for a hook that is to end. */
  public void awaitAll(Duration longest) throws InterruptedException {
    long endNanos = System.nanoTime() + longest.toNanos();
    for (Loading loading : List.copyOf(underWay.values())) {
      LOG.info("vps={} waiting for the rest of its memory", loading.name());
      if (!loading.awaitClosed(Duration.ofNanos(Math.max(0, endNanos - System.nanoTime())))) {
        LOG.warn(
            "vps={} its memory is not all there after {} s, it goes back to checkpoint {}",
            loading.name(),
            longest.toSeconds(),
            loading.checkpoint().id());
      }
    }
  }
}
