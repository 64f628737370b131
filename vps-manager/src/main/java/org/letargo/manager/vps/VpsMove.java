package org.letargo.manager.vps;

import java.util.Locale;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.OperationKind;
import org.letargo.manager.vps.VpsState.Alive;
import org.letargo.manager.vps.VpsState.AtRest;
import org.letargo.manager.vps.VpsState.Changing;
import org.letargo.manager.vps.VpsState.Paused;
import org.letargo.manager.vps.VpsState.Running;
import org.letargo.manager.vps.VpsState.Settled;
import org.letargo.manager.vps.VpsState.Stopped;
import org.letargo.manager.vps.VpsState.Suspended;

/** What can be asked of a VPS that is there. */
public enum VpsMove {
  START(OperationKind.START),
  STOP(OperationKind.STOP),
  RESTART(OperationKind.RESTART),
  DESTROY(OperationKind.DESTROY),
  PAUSE(OperationKind.PAUSE),
  UNPAUSE(OperationKind.UNPAUSE),
  SUSPEND(OperationKind.SUSPEND),
  RESUME(OperationKind.RESUME),
  EXPORT(OperationKind.EXPORT),
  CHECKPOINT(OperationKind.CHECKPOINT),
  REWIND(OperationKind.REWIND),
  CLONE(OperationKind.CLONE),
  FORGET(OperationKind.FORGET),
  MIGRATE(OperationKind.MIGRATE);

  private final OperationKind kind;

  VpsMove(OperationKind kind) {
    this.kind = kind;
  }

  public OperationKind kind() {
    return kind;
  }

  /**
   * The state that this move leads to.
   *
   * @throws VpsException BUSY if an operation is changing the VPS, WRONG_STATE if the move is not
   *     legal from its state
   */
  public Changing from(VpsState state, VpsName vps, OperationId operation) {
    return switch (state) {
      case Changing busy -> throw VpsException.busy(vps, busy.operation());
      case Settled settled -> fromSettled(settled, vps, operation);
    };
  }

  // no default anywhere: a new state must not compile until someone has decided its lines
  private Changing fromSettled(Settled state, VpsName vps, OperationId operation) {
    return switch (this) {
      case START ->
          switch (state) {
            case Stopped stopped -> stopped.start(operation);
            case Suspended _ -> throw refused(vps, state, "Resume it, or destroy it.");
            case Alive _ -> throw refused(vps, state, "There is nothing to do.");
          };
      case STOP ->
          switch (state) {
            case Alive alive -> alive.stop(operation);
            case Stopped _ -> throw refused(vps, state, "There is nothing to do.");
            case Suspended _ ->
                throw refused(vps, state, "It has no process; resume it first, or destroy it.");
          };
      case RESTART ->
          switch (state) {
            case Alive alive -> alive.restart(operation);
            case AtRest _ -> throw refused(vps, state, "Start it, or resume it.");
          };
      case DESTROY -> state.destroy(operation);
      case PAUSE ->
          switch (state) {
            case Running running -> running.pause(operation);
            case Paused _ -> throw refused(vps, state, "There is nothing to do.");
            case AtRest _ -> throw refused(vps, state, "Only a running VPS is paused.");
          };
      case UNPAUSE ->
          switch (state) {
            case Paused paused -> paused.unpause(operation);
            case Running _, AtRest _ -> throw refused(vps, state, "Only a paused VPS is unpaused.");
          };
      case SUSPEND ->
          switch (state) {
            case Alive alive -> alive.suspend(operation);
            case Stopped _ -> throw refused(vps, state, "Start it first.");
            case Suspended _ -> throw refused(vps, state, "There is nothing to do.");
          };
      case RESUME ->
          switch (state) {
            case Suspended suspended -> suspended.resume(operation);
            case Stopped _ -> throw refused(vps, state, "It has no checkpoint; start it.");
            case Paused _ -> throw refused(vps, state, "Unpause it.");
            case Running _ -> throw refused(vps, state, "There is nothing to do.");
          };
      case EXPORT ->
          switch (state) {
            case AtRest atRest -> atRest.export(operation);
            case Alive _ ->
                throw refused(
                    vps, state, "Suspend it or stop it first, or export one of its checkpoints.");
          };
      case CHECKPOINT ->
          switch (state) {
            case Alive alive -> alive.checkpoint(operation);
            case Stopped stopped -> stopped.checkpoint(operation);
            case Suspended _ -> throw refused(vps, state, "It is in a checkpoint already.");
          };
      case REWIND -> state.rewind(operation);
      case CLONE -> state.cloneIt(operation);
      case FORGET -> state.forget(operation);
      case MIGRATE -> state.migrate(operation);
    };
  }

  private VpsException refused(VpsName vps, VpsState state, String remedy) {
    return VpsException.wrongState(vps, name().toLowerCase(Locale.ROOT), state.word(), remedy);
  }
}
