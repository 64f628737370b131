package org.letargo.manager.schedule;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationState;
import org.letargo.manager.timeline.ChangeTimeline;
import org.letargo.manager.vps.Vps;
import org.letargo.manager.vps.VpsRegistry;
import org.letargo.manager.vps.VpsState;

/** Takes scheduled checkpoints as operations, of whoever {@value #BY}. */
public final class TimelineTaker implements CheckpointTaker {
  /** Stands where else the name of a token stands; no token can have it. */
  static final String BY = "(schedule)";

  private final VpsRegistry registry;
  private final ChangeTimeline timeline;

  public TimelineTaker(VpsRegistry registry, ChangeTimeline timeline) {
    this.registry = registry;
    this.timeline = timeline;
  }

  @Override
  public Readiness readiness(VpsName vps) {
    if (!registry.connected()) {
      return Readiness.UNKNOWN;
    }
    Optional<Vps> known = registry.find(vps);
    if (known.isEmpty()) {
      return Readiness.GONE;
    }
    return switch (known.get().state()) {
      case VpsState.Running _ -> Readiness.RUNS;
      case VpsState.Paused _, VpsState.AtRest _ -> Readiness.STANDS_STILL;
      case VpsState.Changing _ -> Readiness.BUSY;
    };
  }

  @Override
  public void take(Schedule schedule, Consumer<Outcome> ended) {
    timeline.scheduled(
        schedule.vps(),
        BY,
        schedule.retention()::forgets,
        operation -> ended.accept(outcome(operation)));
  }

  private static Outcome outcome(Operation operation) {
    return switch (operation.state()) {
      case OperationState.Succeeded _ -> new Outcome.Taken();
      case OperationState.Failed(Instant _, Failure why) -> new Outcome.Failed(why);
      case OperationState.Cancelled(Instant _, Failure why) -> new Outcome.Failed(why);
      case OperationState.Running _ -> // the manager ends; the next one finds out
          new Outcome.Failed(
              Failure.of(
                  new VpsException(
                      Code.INTERRUPTED,
                      "the checkpoint is no longer watched",
                      "the manager ends",
                      "")));
    };
  }
}
