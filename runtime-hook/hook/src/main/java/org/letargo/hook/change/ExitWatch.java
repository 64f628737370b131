package org.letargo.hook.change;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;
import org.letargo.linux.NativeException;
import org.letargo.linux.Pidfd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the PID 1 of each running VPS, so that one that shuts down from within is seen as
 * stopped. A VPS that was rebooted from within is started again.
 */
final class ExitWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ExitWatch.class);
  private static final long STACK_BYTES = 256 << 10;
  private static final Duration LOOK_AGAIN = Duration.ofHours(1);

  /** 128 + SIGHUP: reboot(2) in a pid namespace ends its PID 1 with this signal. */
  private static final String REBOOTED = "129";

  private final Stand stand;
  private final Loadings loadings;
  private final Consumer<Vps> restart;

  /**
   * @param restart starts a VPS that asked for a reboot
   */
  ExitWatch(Stand stand, Loadings loadings, Consumer<Vps> restart) {
    this.stand = stand;
    this.loadings = loadings;
    this.restart = restart;
  }

  /** Watches until this PID 1 is gone. */
  void watch(Vps vps, long initPid) {
    Thread.ofPlatform()
        .name("exit-" + vps.spec().name())
        .daemon(true)
        .stackSize(STACK_BYTES)
        .start(() -> await(vps, initPid)); // a platform thread: the wait is a native call
  }

  private void await(Vps vps, long initPid) {
    try (Pidfd init = Pidfd.open(initPid)) {
      while (!init.awaitExit(LOOK_AGAIN)) {
        LOG.debug("vps={} runs on", vps.spec().name());
      }
    } catch (NativeException e) {
      LOG.debug("vps={} PID 1 has gone: {}", vps.spec().name(), e.getMessage());
    }
    try {
      ended(vps, initPid);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) { // nobody else would hear of it
      LOG.error("vps={} ended and cannot be cleaned up: {}", vps.spec().name(), e.getMessage());
    }
  }

  private void ended(Vps vps, long initPid) throws InterruptedException {
    Optional<Loading> loading = loadings.of(vps);
    if (loading.isPresent() && loading.get().goesBack()) {
      return; // it was killed, as its memory could not be had, and is suspended again
    }
    Optional<Vps.Change> begun =
        vps.beginDeath(OperationId.create(), JournalEntry.Kind.STOP, initPid);
    if (begun.isEmpty()) {
      return; // a change stopped or suspended it, and took it down
    }
    boolean reboot;
    try (Vps.Change change = begun.get()) {
      reboot = stand.exitStatus(vps).equals(REBOOTED);
      stand.down(vps);
      change.become(new VpsStatus.Stopped());
      LOG.info("vps={} ended by itself{}", vps.spec().name(), reboot ? ", to reboot" : "");
    }
    if (reboot) {
      restart.accept(vps);
    }
  }
}
