package org.letargo.manager.schedule;

import java.util.function.Consumer;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

/** Who takes the checkpoints of a {@link ScheduleRunner}. */
interface CheckpointTaker {
  /** What can be done with a VPS now. */
  enum Readiness {
    /** It runs. */
    RUNS,
    /** Nothing of it can have changed. */
    STANDS_STILL,
    /** Something else is changing it. */
    BUSY,
    /** There is none of the name. */
    GONE,
    /** The hook does not answer. */
    UNKNOWN
  }

  /** How it ended. */
  sealed interface Outcome {
    record Taken() implements Outcome {}

    record Failed(Failure why) implements Outcome {}
  }

  Readiness readiness(VpsName vps);

  /**
   * Begins a checkpoint and what the retention wants forgotten after it.
   *
   * @param ended hears how it ended, on any thread; never under a lock
   * @throws VpsException if it cannot begin; nobody hears of it then
   */
  void take(Schedule schedule, Consumer<Outcome> ended);
}
