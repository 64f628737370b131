package org.letargo.hook.change;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.letargo.hook.config.WhenHostStops;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.AfterBoot;
import org.letargo.hook.vps.Vps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the VPSes over a reboot of the host: what ran when it went down runs again when it is back.
 * One that cannot be suspended is stopped, and started again afterwards. One that cannot be resumed
 * stays suspended, for somebody to look at. After a power cut nothing comes back by itself.
 */
final class HostReboot {
  private static final Logger LOG = LoggerFactory.getLogger(HostReboot.class);

  /** How long a change that runs when the host goes down is waited for. */
  private static final Duration CHANGE_ENDS = Duration.ofSeconds(60);

  /** As many as keep disk and processors busy; more would only share them. */
  private static final int AT_ONCE = Math.max(4, Runtime.getRuntime().availableProcessors());

  private final Operations operations;
  private final Steps steps;

  /** One change of a VPS. */
  interface Step {
    void apply(Vps vps, Operation operation);
  }

  /** The changes that this is made of. */
  record Steps(Step suspend, Step stop, Step resume, Step start, Step pause) {}

  HostReboot(Operations operations, Steps steps) {
    this.operations = operations;
    this.steps = steps;
  }

  /** Returns when no VPS has processes any more, but for those that could not even be stopped. */
  void down(List<Vps> vpses, WhenHostStops what) throws InterruptedException {
    forEach(vpses, vps -> down(vps, what));
  }

  /** Brings back what {@link #down} ended, each once. */
  void up(List<Vps> vpses) throws InterruptedException {
    forEach(vpses, this::up);
  }

  private static void forEach(List<Vps> vpses, Consumer<Vps> deed) throws InterruptedException {
    // platform threads: the changes wait in native calls
    ExecutorService threads =
        Executors.newFixedThreadPool(AT_ONCE, Thread.ofPlatform().name("reboot-", 0).factory());
    try {
      vpses.forEach(vps -> threads.execute(() -> deed.accept(vps)));
      threads.shutdown();
      threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } finally {
      threads.shutdownNow();
    }
  }

  private void down(Vps vps, WhenHostStops what) {
    try {
      if (!vps.awaitUnchanged(CHANGE_ENDS)) {
        LOG.warn("vps={} is being changed still, continuing without it", vps.spec().name());
        return;
      }
      AfterBoot.Was was;
      switch (vps.status()) {
        case VpsStatus.Stopped _, VpsStatus.Suspended _ -> {
          return;
        }
        case VpsStatus.Running _ -> was = AfterBoot.Was.RUNNING;
        case VpsStatus.Paused _ -> was = AfterBoot.Was.PAUSED;
      }
      vps.folder().writeAfterBoot(new AfterBoot(was));
      switch (what) {
        case SUSPEND -> {
          if (!done(vps, "suspended", steps.suspend())) {
            done(vps, "stopped", steps.stop());
          }
        }
        case STOP -> done(vps, "stopped", steps.stop());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) { // the others must not suffer
      LOG.error("vps={} cannot be taken down: {}", vps.spec().name(), e.getMessage(), e);
    }
  }

  private void up(Vps vps) {
    try {
      vps.folder().readAfterBoot().ifPresent(before -> up(vps, before));
    } catch (RuntimeException e) {
      LOG.error("vps={} cannot be brought back: {}", vps.spec().name(), e.getMessage(), e);
    }
  }

  private void up(Vps vps, AfterBoot before) {
    boolean runs =
        switch (vps.status()) {
          case VpsStatus.Suspended _ -> done(vps, "resumed", steps.resume());
          case VpsStatus.Stopped _ -> done(vps, "started", steps.start());
          case VpsStatus.Running _ -> true;
          case VpsStatus.Paused _ -> false;
        };
    if (runs && before.was() == AfterBoot.Was.PAUSED) {
      done(vps, "paused", steps.pause());
    }
    vps.folder().clearAfterBoot();
  }

  private boolean done(Vps vps, String what, Step step) {
    try {
      operations.run(
          OperationId.create(),
          ProgressListener.NONE,
          operation -> {
            LOG.info(
                "vps={} op={} is {}: the host reboots", vps.spec().name(), operation.id(), what);
            step.apply(vps, operation);
            return new Done();
          });
      return true;
    } catch (VpsException e) {
      LOG.warn("vps={} is not {}: {}", vps.spec().name(), what, e.getMessage());
      return false;
    }
  }
}
