package org.letargo.manager.migration;

import java.time.Duration;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.MigrationStep;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.HookCalls;
import org.letargo.manager.schedule.Schedule;
import org.letargo.manager.schedule.Schedules;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what became of a VPS that was handed over, and makes this host agree. Only the word of
 * the target counts: while it is silent nothing is done here.
 */
final class HandOver {
  /** Between two questions. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

  private final MigrationHook hook;
  private final Schedules schedules;
  private final ProgressListener progress;

  HandOver(MigrationHook hook, Schedules schedules) {
    this(hook, schedules, ProgressListener.NONE);
  }

  /**
   * @param progress hears how far the sending of earlier checkpoints is
   */
  HandOver(MigrationHook hook, Schedules schedules, ProgressListener progress) {
    this.hook = hook;
    this.schedules = schedules;
    this.progress = progress;
  }

  /**
   * Has the target take it, and lets it go here; or takes it back if the target has not got it.
   *
   * @param patience how long the target may be silent
   * @param owned done when the target has said that it is there, before it is let go here
   * @return why it does not run there, if it does not
   * @throws VpsException PEER_UNREACHABLE if it stays open; what went wrong there if it was taken
   *     back
   */
  Optional<Failure> settle(
      VpsName name, MigrationId id, OtherHost target, Duration patience, Runnable owned) {
    long openSince = 0;
    while (true) {
      VpsException trouble = null;
      try {
        target.take(id, name); // as long as it takes
      } catch (VpsException e) {
        trouble = e;
      }
      openSince = openSince == 0 ? System.nanoTime() : openSince;
      MigrationAnswer answer;
      try {
        answer = target.find(id);
      } catch (VpsException e) {
        requirePatience(name, target, openSince, patience, e);
        continue;
      }
      switch (answer.phase()) {
        case OWNED -> {
          owned.run();
          release(name, id, target);
          return answer.failure(target.peer().name());
        }
        case GIVEN_BACK, UNKNOWN -> throw backAgain(name, id, target, answer, trouble);
        case ARRIVING, BORROWING, LEAVING, HANDED_OVER, LENT, MOVED ->
            requirePatience(name, target, openSince, patience, trouble);
      }
    }
  }

  private static void requirePatience(
      VpsName name, OtherHost target, long openSince, Duration patience, VpsException why) {
    if (System.nanoTime() - openSince >= patience.toNanos()) {
      throw open(name, target, why);
    }
    HookCalls.pause(PAUSE);
  }

  /** From here on the target has it, and this host has not. */
  private void release(VpsName name, MigrationId id, OtherHost target) {
    schedules.find(name).ifPresent(schedule -> carry(schedule, id, target));
    boolean pastIsThere = new Past(hook, target, progress).send(name, id);
    try {
      hook.step(name, id, new MigrationStep.Release(pastIsThere));
    } catch (VpsException e) {
      if (hook.find(id).phase() == MigrationPhase.HANDED_OVER) {
        throw e; // what is open is gone on with later
      }
    }
    try {
      target.forget(id, name);
    } catch (VpsException e) {
      // then it remembers for longer
    }
  }

  /** Before the checkpoints that went before it: they take their time. */
  private static void carry(Schedule schedule, MigrationId id, OtherHost target) {
    try {
      target.schedule(id, CarriedSchedule.of(schedule));
    } catch (VpsException e) {
      LOG.warn(
          "vps={} its schedule did not follow it to {}: {}. Add it there",
          schedule.vps(),
          target.peer().name(),
          e.getMessage());
    }
  }

  private VpsException backAgain(
      VpsName name,
      MigrationId id,
      OtherHost target,
      MigrationAnswer answer,
      VpsException trouble) {
    String peer = target.peer().name();
    String why =
        answer
            .failure(peer)
            .map(failure -> failure.what() + ": " + failure.why())
            .or(() -> Optional.ofNullable(trouble).map(VpsException::why))
            .orElse("host '" + peer + "' has not got it");
    String remedy = answer.remedy().orElse("");
    try {
      hook.takeBack(name, id, true);
    } catch (VpsException e) {
      return new VpsException(
          e.code(),
          "VPS '" + name + "' did not move to host '" + peer + "', and does not run here",
          why + "; and here: " + e.what() + ": " + e.why(),
          e.remedy(),
          e);
    }
    return new VpsException(
        Code.PEER_REFUSED,
        "VPS '" + name + "' did not move to host '" + peer + "'",
        why,
        (remedy + " It goes on here.").strip(),
        trouble);
  }

  private static VpsException open(VpsName name, OtherHost target, VpsException silence) {
    String peer = target.peer().name();
    return new VpsException(
        Code.PEER_UNREACHABLE,
        "it is not known yet whether VPS '" + name + "' is at host '" + peer + "'",
        "it was handed over, and that host does not say what became of it ("
            + (silence == null ? "it is busy with it" : silence.why())
            + ")",
        "It goes on by itself when that host answers. If it is gone for good: 'letargo migrate"
            + " --take-back "
            + name
            + "'.",
        silence);
  }
}
