package org.letargo.hook.migration;

import java.time.Instant;
import java.util.Optional;
import org.letargo.hook.change.Borrowing;
import org.letargo.hook.change.CallerOutput;
import org.letargo.hook.change.Faults;
import org.letargo.hook.change.MigrationSteps;
import org.letargo.hook.loan.LoanStream;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.operation.Operations;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.MigrationStep;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.Vps;

/**
 * The target's side. A VPS that arrives becomes this host's in one moment, in which the note of
 * that is written: when all its tasks are there and before the first of them runs. So nothing of it
 * has run here when it is given back, and it is never given back when something has.
 *
 * <pre>
 * -- Arrive --> ARRIVING -- Take: restored --> OWNED --> runs, and is simply here
 *                   |           not restored --> GIVEN_BACK, gone
 *                   +--- Drop --> gone
 * </pre>
 */
final class Arriving {
  private final MigrationSteps steps;
  private final Operations operations;
  private final EndedMigrations ended;
  private final ArrivalCommand command;

  Arriving(
      MigrationSteps steps, Operations operations, EndedMigrations ended, ArrivalCommand command) {
    this.steps = steps;
    this.operations = operations;
    this.ended = ended;
    this.command = command;
  }

  void arrive(
      VpsName name,
      MigrationId id,
      MigrationStep.Arrive how,
      Operation operation,
      HookExchange exchange) {
    if (ended.find(id).isPresent()) {
      throw over(name, id);
    }
    Migration arriving =
        new Migration(
            id,
            MigrationPhase.ARRIVING,
            how.from(),
            Instant.now(),
            how.was(),
            false,
            Optional.empty());
    steps.arrive(exchange, name, arriving, operation);
    Faults.at("migrate.after-arrive");
  }

  /** It becomes this host's, or is gone when this throws; a second time changes nothing. */
  void take(Vps vps, MigrationId id, Operation operation) {
    Migration arriving = require(vps, id);
    if (arriving.phase() != MigrationPhase.ARRIVING) {
      throw arriving.refusal(vps.spec().name(), "take");
    }
    Faults.at("migrate.before-take");
    try {
      if (arriving.was().isAlive() && !ended.isOwned(id)) {
        steps.resume(vps, id, operation, () -> own(vps, arriving));
      } else {
        own(vps, arriving);
      }
    } catch (VpsException e) {
      if (ended.isOwned(id)) {
        throw ownedButNotRunning(vps, arriving, e, operation);
      }
      if (e.code() == Code.BUSY) {
        throw e; // somebody else takes it
      }
      giveBack(vps, arriving, e);
      throw e;
    }
    settleIn(vps, arriving, operation);
  }

  /**
   * It goes on here before its memory is here; returns when all of it is, and it is this host's.
   *
   * @throws VpsException if it is not: nothing of it is here then, and the source knows, or learns
   *     it from the lease
   */
  void borrow(Vps vps, MigrationId id, Operation operation, HookExchange exchange) {
    Migration arriving = require(vps, id);
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.MIGRATE, Optional.empty(), id)) {
      if (arriving.phase() != MigrationPhase.ARRIVING) {
        throw arriving.refusal(vps.spec().name(), "borrow the memory of");
      }
      change.migrating(Optional.of(arriving.in(MigrationPhase.BORROWING)));
    }
    Faults.at("migrate.before-borrow");
    LoanStream stream = new LoanStream(exchange.input(), new CallerOutput(exchange));
    try (Borrowing borrowing = new Borrowing(stream, () -> own(vps, arriving))) {
      try {
        steps.resume(vps, id, operation, borrowing);
        borrowing.running();
        Faults.at("migrate.borrowing");
        command.run(vps.spec());
        borrowing
            .await()
            .ifPresent(why -> {
              throw why.toException();
            });
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // its copy dies with this hook
        throw VpsException.internal("cannot wait for the memory", e);
      } catch (RuntimeException e) {
        VpsException why =
            e instanceof VpsException said
                ? said
                : VpsException.internal("cannot run on borrowed memory", e);
        steps.endProcesses(vps); // before anybody can hear that it is given back
        giveBack(vps, arriving, why);
        borrowing.givenBack(why.what() + ": " + why.why());
        throw why;
      }
    }
    settleIn(vps, arriving.in(MigrationPhase.BORROWING), operation);
  }

  private void own(Vps vps, Migration arriving) {
    if (ended.isOwned(arriving.id())) {
      return; // the second try of a resume
    }
    Faults.at("migrate.before-owned");
    ended.put(end(vps, arriving, MigrationPhase.OWNED, Optional.empty()));
    Faults.at("migrate.after-owned");
  }

  private void settleIn(Vps vps, Migration arriving, Operation operation) {
    Faults.at("migrate.before-settled-in");
    if (arriving.phase() == MigrationPhase.BORROWING) { // its memory was never in it
      arriving.checkpoint().ifPresent(state -> steps.drop(vps, state));
    }
    simplyHere(vps, arriving.id(), operation);
    operation.succeeded();
    if (arriving.was().isAlive() && arriving.phase() != MigrationPhase.BORROWING) {
      command.run(vps.spec());
    }
    if (arriving.was() == Migration.Was.PAUSED && vps.status() instanceof VpsStatus.Running) {
      steps.pause(vps, operation);
    }
    Faults.at("migrate.after-take");
  }

  private static void simplyHere(Vps vps, MigrationId id, Operation operation) {
    try (Vps.Change change =
        vps.begin(operation.id(), JournalEntry.Kind.MIGRATE, Optional.empty(), id)) {
      change.migrating(Optional.empty());
    }
  }

  private VpsException ownedButNotRunning(
      Vps vps, Migration arriving, VpsException cause, Operation operation) {
    ended.put(end(vps, arriving, MigrationPhase.OWNED, Optional.of(Failure.of(cause))));
    simplyHere(vps, arriving.id(), operation);
    return new VpsException(
        cause.code(),
        "VPS '" + vps.spec().name() + "' is here and does not run",
        cause.what() + ": " + cause.why(),
        "It is suspended here, and nowhere else: resume it.",
        cause);
  }

  private void giveBack(Vps vps, Migration arriving, VpsException why) {
    Faults.at("migrate.before-give-back");
    ended.put(end(vps, arriving, MigrationPhase.GIVEN_BACK, Optional.of(Failure.of(why))));
    Faults.at("migrate.after-give-back");
    remove(vps, arriving.id());
  }

  private static EndedMigration end(
      Vps vps, Migration arriving, MigrationPhase outcome, Optional<Failure> why) {
    return new EndedMigration(
        arriving.id(), vps.spec().name(), arriving.peer(), outcome, why, Instant.now());
  }

  /** An earlier checkpoint of one that is this host's. */
  void remember(
      Vps vps,
      MigrationId id,
      MigrationStep.Remember wanted,
      Operation operation,
      HookExchange exchange) {
    boolean isOurs =
        ended.find(id).filter(EndedMigration::isOwned).map(EndedMigration::vps).stream()
            .anyMatch(vps.spec().name()::equals);
    if (!isOurs) {
      throw over(vps.spec().name(), id);
    }
    steps.remember(vps, wanted.past(), wanted.isParent(), exchange, operation);
    Faults.at("migrate.after-remember");
  }

  /** It does not come. */
  void drop(Vps vps, MigrationId id) {
    Migration arriving = require(vps, id);
    if (arriving.phase() == MigrationPhase.BORROWING) {
      throw arriving.refusal(vps.spec().name(), "drop");
    }
    if (ended.isOwned(id)) {
      throw VpsException.wrongState(
          vps.spec().name(), "drop", "this host's already", "Leave it where it is.");
    }
    remove(vps, id);
    Faults.at("migrate.after-drop");
  }

  /** As an operation of its own, whose success says nothing of the migration. */
  private void remove(Vps vps, MigrationId id) {
    operations.run(
        OperationId.create(),
        ProgressListener.NONE,
        operation -> {
          steps.destroy(vps, id, operation);
          return new Done();
        });
  }

  /**
   * Puts right what a hook has left that died.
   *
   * @return whether it is this host's and is to be brought to life
   */
  boolean recover(Vps vps, Migration found) {
    Optional<EndedMigration> end = ended.find(found.id());
    return switch (found.phase()) {
      case ARRIVING -> {
        if (end.isPresent() && !end.get().isOwned()) {
          remove(vps, found.id());
        }
        yield end.filter(EndedMigration::isOwned).isPresent();
      }
      case BORROWING -> {
        boolean isOwned = end.filter(EndedMigration::isOwned).isPresent();
        if (!isOwned) {
          ended.put(end(vps, found, MigrationPhase.GIVEN_BACK, Optional.empty()));
          remove(vps, found.id());
        }
        yield isOwned;
      }
      case LEAVING, HANDED_OVER, LENT, MOVED, OWNED, GIVEN_BACK, UNKNOWN -> false;
    };
  }

  /** The end of what a hook has begun that died after the VPS had become this host's. */
  void goOn(Vps vps, Migration found, Operation operation) {
    if (found.was().isAlive() && vps.status() instanceof VpsStatus.Suspended) {
      try {
        steps.resume(vps, found.id(), operation, () -> {});
      } catch (VpsException e) {
        throw ownedButNotRunning(vps, found, e, operation);
      }
    }
    settleIn(vps, found, operation);
  }

  private static Migration require(Vps vps, MigrationId id) {
    return vps.migration()
        .filter(known -> known.id().equals(id))
        .orElseThrow(() -> over(vps.spec().name(), id));
  }

  static VpsException over(VpsName name, MigrationId id) {
    return new VpsException(
        Code.NOT_FOUND,
        "VPS '" + name + "' is not arriving here",
        "migration " + id + " has ended, or never came so far",
        "Look where the VPS is, and begin a new one.");
  }
}
