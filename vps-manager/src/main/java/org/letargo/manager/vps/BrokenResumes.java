package org.letargo.manager.vps;

import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.operation.OperationResult;
import org.letargo.manager.operation.OperationState;
import org.letargo.manager.operation.Operations;
import org.letargo.manager.operation.Subject;

/**
 * Sees to it that people find among the operations what became of a VPS whose resume succeeded and
 * whose memory could not all be had then.
 */
public final class BrokenResumes {
  private static final String BY = "(hook)";

  private final Function<VpsName, Optional<Vps>> vpses;
  private final Operations operations;
  private final Clock clock;
  private final Set<OperationId> seen = ConcurrentHashMap.newKeySet();

  /**
   * @param vpses what is known of one now
   */
  public BrokenResumes(Function<VpsName, Optional<Vps>> vpses, Operations operations, Clock clock) {
    this.vpses = vpses;
    this.operations = operations;
    this.clock = clock;
  }

  /** To be called when something about a VPS has changed; blocks if it is broken. */
  public void changed(VpsName name) {
    vpses
        .apply(name)
        .map(Vps::known)
        .ifPresent(known -> {
          if (known instanceof Vps.Known.Reported(VpsReport report)
              && report.resumed().orElse(null) instanceof Resumed.Broken broken
              && seen.add(broken.operation())) {
            operations.record(operation(name, broken));
          }
        });
  }

  private Operation operation(VpsName name, Resumed.Broken broken) {
    return new Operation(
        broken.operation(),
        OperationKind.RESUME,
        new Subject.OfVps(name),
        BY,
        clock.instant(),
        OperationState.failed(clock.instant(), broken.failure()),
        Progress.phase("memory", 100),
        new OperationResult.Nothing());
  }
}
