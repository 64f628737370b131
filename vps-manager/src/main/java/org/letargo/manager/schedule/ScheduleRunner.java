package org.letargo.manager.schedule;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the checkpoints taken that are due, on a thread of its own. It looks once a second, so that a
 * clock which is set, or a host that slept, confuses it for a second at most. Never two at once for
 * one VPS; a failure is noted with its schedule and tried again, later each time.
 */
public final class ScheduleRunner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScheduleRunner.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Schedules schedules;
  private final CheckpointTaker taker;
  private final Clock clock;
  private final Set<VpsName> underWay = ConcurrentHashMap.newKeySet();
  private final Set<VpsName> gone = ConcurrentHashMap.newKeySet();
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;

  ScheduleRunner(Schedules schedules, CheckpointTaker taker, Clock clock) {
    this.schedules = schedules;
    this.taker = taker;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("schedules").unstarted(this::run);
    schedules.onAdded(wake::release);
  }

  /** Starts to look. */
  public static ScheduleRunner start(Schedules schedules, TimelineTaker taker, Clock clock) {
    ScheduleRunner runner = new ScheduleRunner(schedules, taker, clock);
    runner.thread.start();
    return runner;
  }

  /**
   * A VPS is not what it was. The schedule of one that is gone goes too, also when another one
   * comes under its name at once. Does not block.
   */
  public void changed(VpsName vps) {
    if (taker.readiness(vps) == CheckpointTaker.Readiness.GONE) {
      gone.add(vps);
      wake.release();
    }
  }

  private void run() {
    while (!closed) {
      try {
        look();
      } catch (VpsException e) {
        LOG.error("the schedules cannot be looked through, trying again", e);
      }
      try {
        wake.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        wake.drainPermits();
      } catch (InterruptedException e) {
        return; // closed
      }
    }
  }

  /** Begins what is due now. */
  void look() {
    for (VpsName vps : Set.copyOf(gone)) {
      schedules.removeIfThere(vps);
      gone.remove(vps);
    }
    Instant now = clock.instant();
    for (Scheduled each : schedules.list()) {
      Schedule schedule = each.schedule();
      Instant nextAt = Due.withinReach(each.nextAt(), schedule.every(), now);
      if (!nextAt.equals(each.nextAt())) {
        schedules.update(schedule, known -> known.withNext(nextAt));
      }
      if (Due.isDue(nextAt, now) && !underWay.contains(schedule.vps())) {
        begin(schedule, nextAt, now);
      }
    }
  }

  private void begin(Schedule schedule, Instant nextAt, Instant now) {
    Instant after = Due.after(nextAt, schedule.every(), now);
    switch (taker.readiness(schedule.vps())) {
      case UNKNOWN -> {} // it stays due
      case GONE -> schedules.removeIfThere(schedule.vps());
      case BUSY -> postpone(schedule, now);
      case STANDS_STILL -> schedules.update(schedule, known -> known.withNext(after));
      case RUNS -> {
        schedules.update(schedule, known -> known.withNext(after));
        take(schedule, now);
      }
    }
  }

  private void postpone(Schedule schedule, Instant now) {
    schedules.update(schedule, known -> known.withNext(now.plus(Due.POSTPONED)));
  }

  private void take(Schedule schedule, Instant now) {
    VpsName vps = schedule.vps();
    underWay.add(vps);
    try {
      taker.take(schedule, outcome -> ended(schedule, outcome));
    } catch (VpsException e) {
      underWay.remove(vps);
      if (e.code() == Code.BUSY) {
        postpone(schedule, now);
        return;
      }
      failed(schedule, Failure.of(e));
    }
  }

  private void ended(Schedule schedule, CheckpointTaker.Outcome outcome) {
    underWay.remove(schedule.vps());
    if (closed) {
      return;
    }
    try {
      switch (outcome) {
        case CheckpointTaker.Outcome.Taken _ ->
            schedules.update(schedule, known -> known.succeeded(clock.instant()));
        case CheckpointTaker.Outcome.Failed(Failure why) -> failed(schedule, why);
      }
    } catch (VpsException e) {
      LOG.error("vps={} how its schedule goes is not noted", schedule.vps(), e);
    }
  }

  private void failed(Schedule schedule, Failure why) {
    LOG.warn(
        "vps={} its scheduled checkpoint failed, trying again: {}",
        schedule.vps(),
        why.toException().getMessage());
    schedules.update(schedule, known -> known.failed(clock.instant(), why));
  }

  /** Begins nothing more; what is under way goes on. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
