package org.letargo.hook.change;

import java.util.Optional;
import org.letargo.hook.loan.FrozenMemory;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.CheckpointReport;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/**
 * Changes of a VPS as parts of its migration, during which nobody else may make them. In which
 * order, and what is true afterwards, is the business of {@code org.letargo.hook.migration}.
 */
public final class MigrationSteps {
  /** Removes a VPS with everything. */
  interface Removal {
    void of(Vps vps, MigrationId migration, Operation operation);
  }

  private final Host host;
  private final CheckpointFiles files;
  private final SuspendVps suspend;
  private final CheckpointVps checkpoint;
  private final ExportVps export;
  private final ImportVps imports;
  private final ResumeVps resume;
  private final PauseVps pause;
  private final LendVps lend;
  private final Stand stand;
  private final Removal removal;

  MigrationSteps(
      Host host,
      CheckpointFiles files,
      SuspendVps suspend,
      CheckpointVps checkpoint,
      ExportVps export,
      ImportVps imports,
      ResumeVps resume,
      PauseVps pause,
      LendVps lend,
      Stand stand,
      Removal removal) {
    this.host = host;
    this.files = files;
    this.suspend = suspend;
    this.checkpoint = checkpoint;
    this.export = export;
    this.imports = imports;
    this.resume = resume;
    this.pause = pause;
    this.lend = lend;
    this.stand = stand;
    this.removal = removal;
  }

  /** The host that they are made on. */
  public Host host() {
    return host;
  }

  /**
   * Brings a VPS to rest: suspended if it has processes, a checkpoint of its disk if it is stopped.
   *
   * @return the state in which it travels
   */
  public TimelineEntry settle(Vps vps, MigrationId migration, Operation operation) {
    return switch (vps.status()) {
      case VpsStatus.Running _, VpsStatus.Paused _ -> suspend.leaving(vps, migration, operation);
      case VpsStatus.Suspended(CheckpointReport in) -> vps.timeline().get(in.id());
      case VpsStatus.Stopped _ -> {
        CheckpointWish wish = CheckpointWish.of(CheckpointKind.MIGRATE);
        try (Vps.Change _ =
            vps.begin(
                operation.id(), JournalEntry.Kind.CHECKPOINT, Optional.of(wish.id()), migration)) {
          yield checkpoint.ofStopped(vps, wish, operation);
        }
      }
    };
  }

  /** Sends a checkpoint of it; see {@link org.letargo.hook.protocol.HookRequest.SendCheckpoint}. */
  public void send(
      Vps vps, CheckpointId state, boolean packed, Operation operation, HookExchange exchange) {
    export.move(vps, state, packed, operation, exchange);
  }

  /**
   * Receives a VPS with its name and address.
   *
   * @param arriving where it stands when it is here
   * @throws VpsException as an import; NAME_TAKEN, ADDRESS_IN_USE, PORT_IN_USE
   */
  public Vps arrive(HookExchange exchange, VpsName name, Migration arriving, Operation operation) {
    return imports.arrive(exchange, name, arriving, operation);
  }

  /**
   * Receives an earlier checkpoint of a VPS and enters it into its timeline, beside whatever that
   * does. One that is there already stays as it is.
   *
   * @param isParent whether the state in which the VPS came here follows on it
   * @throws VpsException as an import
   */
  public void remember(
      Vps vps, TimelineEntry past, boolean isParent, HookExchange exchange, Operation operation) {
    imports.remember(exchange, vps, past, isParent, operation);
  }

  /**
   * Brings a suspended one to life.
   *
   * @param atRelease done when all its tasks are there and none has run; if it throws none will. It
   *     may be called a second time if the first try fails after it
   */
  public void resume(Vps vps, MigrationId migration, Operation operation, Runnable atRelease) {
    resume(vps, migration, operation, ResumeVps.Way.after(atRelease));
  }

  private void resume(Vps vps, MigrationId migration, Operation operation, ResumeVps.Way way) {
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.RESUME, Optional.empty(), migration)) {
      if (!(vps.status() instanceof VpsStatus.Suspended(CheckpointReport in))) {
        throw VpsException.wrongState(
            vps.spec().name(), "resume", vps.status().word(), "Look what it does.");
      }
      resume.resume(vps, operation, change, in, way);
    }
  }

  /**
   * Brings one to a stand whose memory is to be lent.
   *
   * @throws VpsException as a suspension; it goes on as before then
   */
  public Lent lend(Vps vps, MigrationId migration, Operation operation) {
    return lend.lend(vps, migration, operation);
  }

  /** Lets one go on whose memory was to be lent, or was: as it did, in the network. */
  public void goOn(Vps vps, boolean wasRunning, Vps.Change change) {
    lend.goOn(vps, wasRunning, change);
  }

  /** The memory of its processes, which stand still. */
  public FrozenMemory frozenMemory(Vps vps) {
    return lend.memory(vps);
  }

  /** Sends a checkpoint that is in no timeline. */
  public void send(Vps vps, Lent lent, boolean packed, Operation operation, HookExchange exchange) {
    export.send(vps, lent.state().checkpoint().id(), packed, operation, exchange);
  }

  /** Forgets a checkpoint that is in no timeline. */
  public void forget(Lent lent) {
    files.forget(lent.state().checkpoint().id());
  }

  /**
   * Brings a suspended one to life on memory that somebody lends. It runs when this returns; how
   * the loan ends {@link Borrowing#await} tells.
   *
   * @throws VpsException if it does not run: it is suspended again, and the loan has not begun
   */
  public void resume(Vps vps, MigrationId migration, Operation operation, Borrowing borrowing) {
    resume(vps, migration, operation, ResumeVps.Way.on(borrowing));
  }

  /** Freezes one in memory that runs, and is simply here. */
  public void pause(Vps vps, Operation operation) {
    pause.pause(vps, operation);
  }

  /** Removes one with everything. */
  public void destroy(Vps vps, MigrationId migration, Operation operation) {
    removal.of(vps, migration, operation);
  }

  /** Takes a checkpoint out of its timeline and the store. */
  public void drop(Vps vps, CheckpointId state) {
    files.drop(vps, state);
  }

  /** Ends what processes there are of one that runs elsewhere, and takes down what stands here. */
  public void endProcesses(Vps vps) {
    stand.down(vps);
  }

  /** Forgets checkpoints that nobody asked for, beyond the newest: all others will travel. */
  public void prune(Vps vps) {
    files.prune(vps);
  }

  /** Writes the firewall rules for all VPSes that are here. */
  public void publishPorts() {
    stand.publishPorts();
  }
}
