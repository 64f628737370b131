package org.letargo.manager.migration;

import java.time.Duration;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationReport;
import org.letargo.hook.protocol.MigrationStep;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.manager.operation.HookCalls;

/** The hook of this host, asked for steps of migrations; a hook that is away is waited for. */
final class MigrationHook {
  /** As long as a resume may take. */
  private static final Duration LONGEST_BUSY = Duration.ofMinutes(10);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final HookCalls hook;

  MigrationHook(HookCalls hook) {
    this.hook = hook;
  }

  HookCalls calls() {
    return hook;
  }

  /** Does a step, with an id that nobody cancels. */
  MigrationReport step(VpsName name, MigrationId migration, MigrationStep step) {
    return step(OperationId.create(), name, migration, step, ProgressListener.NONE);
  }

  MigrationReport step(
      OperationId operation,
      VpsName name,
      MigrationId migration,
      MigrationStep step,
      ProgressListener progress) {
    var request = new HookRequest.MigrateVps(operation, name, migration, step);
    return hook.change(request, progress).orElseGet(() -> find(migration));
  }

  /**
   * Takes a VPS back; a hook that was restarted may be at it already, by itself.
   *
   * @param handedOver also if it was handed over
   */
  void takeBack(VpsName name, MigrationId migration, boolean handedOver) {
    long begin = System.nanoTime();
    while (true) {
      try {
        step(name, migration, new MigrationStep.TakeBack(handedOver));
        return;
      } catch (VpsException e) {
        if (e.code() == Code.NOT_FOUND) {
          return; // it is over
        }
        boolean atIt = e.code() == Code.BUSY || e.code() == Code.INTERRUPTED;
        if (!atIt || System.nanoTime() - begin > LONGEST_BUSY.toNanos()) {
          throw e;
        }
        HookCalls.pause(PAUSE);
      }
    }
  }

  /** What the hook knows of a migration. */
  MigrationReport find(MigrationId migration) {
    return hook.ask(new HookRequest.FindMigration(migration));
  }

  /** The VPS as it stands; empty if it is not here. */
  Optional<VpsReport> vps(VpsName name) {
    try {
      return Optional.of(hook.ask(new HookRequest.FindVps(name)));
    } catch (VpsException e) {
      if (e.code() == Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Where a VPS stands between two hosts; empty if it is simply here, or not at all. */
  Optional<Migration> between(VpsName name) {
    return vps(name).flatMap(VpsReport::migration);
  }
}
