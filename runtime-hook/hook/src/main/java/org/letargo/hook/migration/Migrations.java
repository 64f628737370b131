package org.letargo.hook.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.letargo.hook.change.MigrationSteps;
import org.letargo.hook.loan.Lease;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPeer;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.MigrationStep;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the steps of migrations, and tells what this host knows of one. What was answered is
 * durable; what a hook that died has left is put right by the next one, as far as this host alone
 * can know: the rest the managers find out from each other.
 */
public final class Migrations {
  private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

  private final MigrationSteps steps;
  private final Operations operations;
  private final EndedMigrations ended;
  private final Leaving leaving;
  private final Arriving arriving;
  private final BooleanSupplier knowsAll;
  private final List<Runnable> toDo = new ArrayList<>();

  /**
   * @param knowsAll whether all VPSes of this host could be read: else nobody can say that one is
   *     not here
   */
  public Migrations(MigrationSteps steps, Operations operations, BooleanSupplier knowsAll) {
    this.steps = steps;
    this.operations = operations;
    this.knowsAll = knowsAll;
    this.ended = new EndedMigrations(steps.host().configuration().stateDir());
    this.leaving = new Leaving(steps);
    this.arriving =
        new Arriving(
            steps, operations, ended, new ArrivalCommand(steps.host().configuration().onArrival()));
  }

  /** Does a step and keeps the outcome. */
  public Found make(HookRequest.MigrateVps request, HookExchange exchange) {
    LOG.info("op={} {}", request.operation(), request);
    return operations.run(
        request.operation(),
        exchange::progress,
        operation -> {
          apply(request, operation, exchange);
          return find(request.migration());
        });
  }

  private void apply(HookRequest.MigrateVps request, Operation operation, HookExchange exchange) {
    VpsName name = request.name();
    MigrationId id = request.migration();
    switch (request.step()) {
      case MigrationStep.Leave(MigrationPeer to, boolean keepSource) ->
          leaving.leave(vps(name), id, to, keepSource, operation);
      case MigrationStep.Settle _ -> leaving.settle(vps(name), id, operation);
      case MigrationStep.Lend _ -> leaving.lending().lend(vps(name), id, operation);
      case MigrationStep.Send(boolean packed) ->
          leaving.send(vps(name), id, packed, operation, exchange);
      case MigrationStep.SendPast(CheckpointId past, boolean packed) ->
          leaving.sendPast(vps(name), id, past, packed, operation, exchange);
      case MigrationStep.HandOver _ -> leaving.handOver(vps(name), id, operation);
      case MigrationStep.Serve _ -> leaving.lending().serve(vps(name), id, operation, exchange);
      case MigrationStep.Release(boolean pastIsThere) ->
          in(name, id)
              .ifPresent(vps ->
                  leaving.release(
                      vps,
                      id,
                      vps.migration().orElseThrow().keepSource() || !pastIsThere && hasHistory(vps),
                      operation));
      case MigrationStep.TakeBack(boolean handedOver) ->
          in(name, id).ifPresent(vps -> leaving.takeBack(vps, id, handedOver, operation));
      case MigrationStep.Arrive how -> arriving.arrive(name, id, how, operation, exchange);
      case MigrationStep.Take _ -> take(name, id, operation);
      case MigrationStep.Borrow _ ->
          arriving.borrow(
              in(name, id).orElseThrow(() -> Arriving.over(name, id)), id, operation, exchange);
      case MigrationStep.Remember past ->
          arriving.remember(vps(name), id, past, operation, exchange);
      case MigrationStep.Drop _ -> drop(name, id);
      case MigrationStep.Forget _ -> ended.forget(id);
    }
  }

  private Vps vps(VpsName name) {
    return steps.host().vpses().get(name);
  }

  /** The VPS, if it is in that migration. */
  private Optional<Vps> in(VpsName name, MigrationId id) {
    return steps
        .host()
        .vpses()
        .find(name)
        .filter(vps -> vps.migration().map(Migration::id).filter(id::equals).isPresent());
  }

  /** Whether it has checkpoints that somebody wants, beside those that come by themselves. */
  private static boolean hasHistory(Vps vps) {
    return vps.timeline().now().checkpoints().stream().anyMatch(Migrations::isWanted);
  }

  private static boolean isWanted(TimelineEntry entry) {
    boolean asked =
        switch (entry.kind()) {
          case MANUAL, SCHEDULED -> true;
          case SUSPEND, BEFORE_REWIND, IMPORT, CLONE, MIGRATE -> false;
        };
    return asked || entry.pinned() || !entry.label().isEmpty() || !entry.note().isEmpty();
  }

  private void take(VpsName name, MigrationId id, Operation operation) {
    Optional<EndedMigration> end = ended.find(id);
    if (end.isPresent() && end.get().isOwned()) {
      return; // also while a hook that has started brings it to life
    }
    end.flatMap(EndedMigration::why)
        .ifPresent(why -> {
          throw why.toException();
        });
    arriving.take(in(name, id).orElseThrow(() -> Arriving.over(name, id)), id, operation);
  }

  private void drop(VpsName name, MigrationId id) {
    if (in(name, id).isEmpty() && ended.isOwned(id)) {
      throw VpsException.wrongState(name, "drop", "this host's already", "Leave it where it is.");
    }
    in(name, id).ifPresent(vps -> arriving.drop(vps, id));
  }

  /**
   * What this host knows of a migration.
   *
   * @throws VpsException HOST_UNFIT if it knows nothing and cannot be sure of that
   */
  public Found find(MigrationId id) {
    Optional<Vps> vps =
        steps.host().vpses().all().stream()
            .filter(each -> each.migration().map(Migration::id).filter(id::equals).isPresent())
            .findFirst();
    Optional<EndedMigration> end = ended.find(id);
    if (end.isPresent()) {
      return new Found(id, end.get().outcome(), vps, end.get().why());
    }
    Optional<Migration> known = vps.flatMap(Vps::migration);
    if (known.isPresent()) {
      return new Found(id, known.get().phase(), vps, Optional.empty());
    }
    if (!knowsAll.getAsBoolean()) {
      throw new VpsException(
          Code.HOST_UNFIT,
          "nobody can say what became of migration " + id,
          "a VPS of this host could not be read when its hook was started",
          "Look into the hook's log, put that right, and restart it.");
    }
    return Found.unknown(id);
  }

  /** Puts right what the hook before has left, before anybody asks; {@link #goOn} does the rest. */
  public void recover() {
    for (Vps vps : steps.host().vpses().all()) {
      vps.migration().ifPresent(found -> recover(vps, found));
    }
  }

  private void recover(Vps vps, Migration found) {
    LOG.info("vps={} is {} in migration {}", vps.spec().name(), found.phase().word(), found.id());
    if (found.phase() == MigrationPhase.LEAVING) {
      toDo.add(() -> alone(vps, operation -> leaving.takeBack(vps, found.id(), false, operation)));
    } else if (found.phase() == MigrationPhase.LENT) {
      toDo.add(
          () -> Thread.ofVirtual().name("lent-" + found.id()).start(() -> outlive(vps, found)));
    } else if (arriving.recover(vps, found)) {
      toDo.add(() -> alone(vps, operation -> arriving.goOn(vps, found, operation)));
    }
  }

  /** What the hook before had lent: the target's copy dies for want of its memory. */
  private void outlive(Vps vps, Migration found) {
    try {
      Thread.sleep(Lease.GRACE);
      alone(vps, operation -> leaving.takeBack(vps, found.id(), true, operation));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Brings back to life what was not handed over, and what had become this host's. */
  public void goOn() {
    toDo.forEach(Runnable::run);
    toDo.clear();
  }

  /** The host goes down: what runs here and was about to leave does not. */
  public void hostGoesDown() {
    for (Vps vps : steps.host().vpses().all()) {
      Optional<Migration> found = vps.migration();
      boolean runsHere =
          found.filter(each -> each.phase() == MigrationPhase.LEAVING).isPresent()
              && Migration.Was.of(vps.status()).isAlive();
      if (runsHere) {
        alone(vps, operation -> stay(vps, found.get().id(), operation));
      }
    }
  }

  private static void stay(Vps vps, MigrationId id, Operation operation) {
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.MIGRATE, Optional.empty(), id)) {
      if (!(vps.status() instanceof VpsStatus.Suspended)) {
        change.migrating(Optional.empty());
      }
    }
  }

  /** The others must not suffer. */
  private void alone(Vps vps, Consumer<Operation> deed) {
    try {
      operations.run(
          OperationId.create(),
          ProgressListener.NONE,
          operation -> {
            deed.accept(operation);
            return new Done();
          });
    } catch (VpsException e) {
      LOG.error("vps={} {}", vps.spec().name(), Failure.of(e).toException().getMessage());
    }
  }
}
