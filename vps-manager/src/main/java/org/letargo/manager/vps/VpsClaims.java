package org.letargo.manager.vps;

import java.time.Duration;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookClient;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.manager.operation.Operation;
import org.letargo.manager.operation.OperationRun;
import org.letargo.manager.operation.Work;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the claim on a VPS while work is done on it, and gives it back only when the registry shows
 * what the work has made of the VPS: who is told that an operation has ended sees its effect.
 */
public final class VpsClaims {
  private static final Logger LOG = LoggerFactory.getLogger(VpsClaims.class);

  /** How long the view may lag behind the hook; local and in memory, so milliseconds as a rule. */
  private static final Duration VIEW_PATIENCE = Duration.ofSeconds(5);

  private final VpsRegistry registry;
  private final HookClient hook;

  public VpsClaims(VpsRegistry registry, HookClient hook) {
    this.registry = registry;
    this.hook = hook;
  }

  /** The same work, which gives the claim back at its end, however it ends. */
  public Work releasing(VpsName name, OperationId operation, Work work) {
    return new Work() {
      @Override
      public void run(OperationRun run) {
        try {
          work.run(run);
        } finally {
          catchUp(name);
          registry.release(name, operation);
        }
      }

      @Override
      public void ended(Operation ended) {
        work.ended(ended);
      }
    };
  }

  /** Waits until the registry shows what the hook says now. */
  public void catchUp(VpsName name) {
    try {
      VpsReport report = hook.call(new HookRequest.FindVps(name));
      if (!registry.awaitRevision(name, report.revision(), VIEW_PATIENCE)) {
        LOG.warn("vps={} the view lags behind the hook, continuing without it", name);
      }
    } catch (VpsException e) {
      if (e.code() == Code.NOT_FOUND) {
        registry.awaitGone(name, VIEW_PATIENCE);
      } else {
        LOG.debug("vps={} {}, continuing without a look", name, e.getMessage());
      }
    }
  }
}
