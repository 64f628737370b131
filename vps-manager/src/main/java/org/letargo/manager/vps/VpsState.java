package org.letargo.manager.vps;

import java.time.Instant;
import java.util.Locale;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsStatus;

/**
 * What one VPS is doing. A settled state offers only the moves that are legal from it; each leads
 * to a state that carries the operation which makes it. How that ends only the hook can tell, so
 * there is no way back here: the next settled state comes from its reports.
 */
public sealed interface VpsState {

  /** No operation of ours runs on it. */
  sealed interface Settled extends VpsState {
    /** Whatever it is, it can be removed. */
    default Destroying destroy(OperationId operation) {
      return new Destroying(operation);
    }

    /** Whatever it is, it can become what it was. */
    default Rewinding rewind(OperationId operation) {
      return new Rewinding(operation);
    }

    default Cloning cloneIt(OperationId operation) {
      return new Cloning(operation);
    }

    /** Whatever it is, it can go elsewhere. */
    default Migrating migrate(OperationId operation) {
      return new Migrating(operation);
    }

    default Forgetting forget(OperationId operation) {
      return new Forgetting(operation);
    }

    static Settled of(VpsStatus status) {
      return switch (status) {
        case VpsStatus.Stopped _ -> new Stopped();
        case VpsStatus.Running(long initPid, Instant since) -> new Running(initPid, since);
        case VpsStatus.Paused(long initPid, Instant since) -> new Paused(initPid, since);
        case VpsStatus.Suspended(CheckpointReport checkpoint) -> new Suspended(checkpoint);
      };
    }
  }

  /** It has processes. */
  sealed interface Alive extends Settled {
    long initPid();

    Instant since();

    default Stopping stop(OperationId operation) {
      return new Stopping(operation);
    }

    default Restarting restart(OperationId operation) {
      return new Restarting(operation);
    }

    default Suspending suspend(OperationId operation) {
      return new Suspending(operation);
    }

    default Checkpointing checkpoint(OperationId operation) {
      return new Checkpointing(operation);
    }
  }

  /** It has no process, so its disk stands still. */
  sealed interface AtRest extends Settled {
    default Exporting export(OperationId operation) {
      return new Exporting(operation);
    }
  }

  record Stopped() implements AtRest {
    Starting start(OperationId operation) {
      return new Starting(operation);
    }

    /** Of its disk. */
    Checkpointing checkpoint(OperationId operation) {
      return new Checkpointing(operation);
    }
  }

  record Running(long initPid, Instant since) implements Alive {
    Pausing pause(OperationId operation) {
      return new Pausing(operation);
    }
  }

  record Paused(long initPid, Instant since) implements Alive {
    Unpausing unpause(OperationId operation) {
      return new Unpausing(operation);
    }
  }

  record Suspended(CheckpointReport checkpoint) implements AtRest {
    Resuming resume(OperationId operation) {
      return new Resuming(operation);
    }
  }

  /** An operation is changing it. */
  sealed interface Changing extends VpsState {
    OperationId operation();
  }

  record Creating(OperationId operation) implements Changing {}

  record Importing(OperationId operation) implements Changing {}

  record Starting(OperationId operation) implements Changing {}

  record Stopping(OperationId operation) implements Changing {}

  record Restarting(OperationId operation) implements Changing {}

  record Destroying(OperationId operation) implements Changing {}

  record Pausing(OperationId operation) implements Changing {}

  record Unpausing(OperationId operation) implements Changing {}

  record Suspending(OperationId operation) implements Changing {}

  record Resuming(OperationId operation) implements Changing {}

  record Exporting(OperationId operation) implements Changing {}

  /** It goes to a peer, or is taken back from there. */
  record Migrating(OperationId operation) implements Changing {}

  /** It comes from a peer. */
  record Arriving(OperationId operation) implements Changing {}

  record Checkpointing(OperationId operation) implements Changing {}

  record Rewinding(OperationId operation) implements Changing {}

  /** It is being made from a checkpoint of another one, or another one is made from its present. */
  record Cloning(OperationId operation) implements Changing {}

  /** One of its checkpoints is being forgotten. */
  record Forgetting(OperationId operation) implements Changing {}

  /** The word for it everywhere, such as {@code suspending}. */
  default String word() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
