package org.letargo.hook.migration;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.letargo.hook.change.CallerOutput;
import org.letargo.hook.change.Faults;
import org.letargo.hook.change.Lent;
import org.letargo.hook.change.MigrationSteps;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.loan.FrozenMemory;
import org.letargo.hook.loan.LentMemory;
import org.letargo.hook.loan.LoanStream;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.vps.Vps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source's side of a VPS that runs at the target before its memory is there.
 *
 * <pre>
 * LEAVING -- Lend: frozen, the rest a checkpoint -- Send -- Serve --&gt; LENT
 *   LENT -- the target has everything -----------------------------&gt; HANDED_OVER -- paid --&gt; done
 *   LENT -- its copy is dead, by its word or by the lease ---------&gt; LEAVING --&gt; (here), goes on
 * </pre>
 *
 * In LENT this host goes on by itself once the target's copy is dead for certain, in HANDED_OVER by
 * the target's word only. What is lent is known to the hook that has frozen it: after another has
 * started there is nothing more to serve from, and the target's copy dies.
 */
final class Lending {
  private static final Logger LOG = LoggerFactory.getLogger(Lending.class);

  private final MigrationSteps steps;
  private final Leaving leaving;
  private final Map<MigrationId, Lent> lent = new ConcurrentHashMap<>();

  Lending(MigrationSteps steps, Leaving leaving) {
    this.steps = steps;
    this.leaving = leaving;
  }

  void lend(Vps vps, MigrationId id, Operation operation) {
    Leaving.requireLeaving(vps, id);
    Lent made = steps.lend(vps, id, operation);
    lent.put(id, made);
    Faults.at("migrate.before-settled");
    try (Vps.Change change = Leaving.begin(vps, id, operation)) {
      change.migrating(
          Optional.of(Leaving.requireLeaving(vps, id).with(made.state().checkpoint().id())));
      operation.succeeded();
    }
    Faults.at("migrate.after-settle");
  }

  /** Sends what is not lent; false if nothing is. */
  boolean send(
      Vps vps, MigrationId id, boolean packed, Operation operation, HookExchange exchange) {
    Lent made = lent.get(id);
    if (made == null) {
      return false;
    }
    steps.send(vps, made, packed, operation, exchange);
    return true;
  }

  /** Nothing is lent in it any more. */
  void forget(MigrationId id) {
    Optional.ofNullable(lent.remove(id)).ifPresent(steps::forget);
  }

  /**
   * Answers the target until the loan has ended.
   *
   * @throws VpsException unless all is paid
   */
  void serve(Vps vps, MigrationId id, Operation operation, HookExchange exchange) {
    Lent made = lent.get(id);
    try (Vps.Change change = Leaving.begin(vps, id, operation)) {
      Migration now = Leaving.requireLeaving(vps, id);
      if (made == null || !(vps.status() instanceof VpsStatus.Paused)) {
        throw VpsException.wrongState(
            vps.spec().name(), "lend", vps.status().word(), "Begin its migration again.");
      }
      Faults.at("migrate.before-lent");
      operation.commit();
      change.migrating(Optional.of(now.in(MigrationPhase.LENT)));
    }
    Faults.at("migrate.after-lent");
    LentMemory.Outcome outcome = answer(vps, id, made, operation, exchange);
    LOG.info("vps={} {} the loan has ended: {}", vps.spec().name(), id, outcome);
    Faults.at("migrate.loan-ended");
    switch (outcome) {
      case LentMemory.Outcome.Paid() -> {
        forget(id);
        operation.succeeded();
      }
      case LentMemory.Outcome.GivenBack(String reason) ->
          throw goOn(vps, id, operation, Duration.ZERO, reason);
      case LentMemory.Outcome.Unheard(String reason, Duration atLeast) ->
          throw goOn(vps, id, operation, atLeast, reason);
      case LentMemory.Outcome.InDoubt(String reason) ->
          throw new VpsException(
              Code.PEER_UNREACHABLE,
              "it is not known yet whether VPS '" + vps.spec().name() + "' has all its memory",
              reason,
              "It goes on by itself when that host answers.");
    }
  }

  private LentMemory.Outcome answer(
      Vps vps, MigrationId id, Lent made, Operation operation, HookExchange exchange) {
    operation.phase("restore", 0);
    LoanStream stream = new LoanStream(exchange.input(), new CallerOutput(exchange));
    try (FrozenMemory memory = steps.frozenMemory(vps);
        LentMemory serving =
            new LentMemory(
                made.windows(),
                memory,
                stream,
                new Watch(vps, id, made.windows().totalBytes(), operation))) {
      return serving.serve();
    } catch (IOException e) {
      throw DurableFiles.failed("cannot close the memory of VPS '" + vps.spec().name() + "'", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VpsException(
          Code.INTERRUPTED,
          "the memory of VPS '" + vps.spec().name() + "' is not lent any more",
          "the hook is stopping",
          "It goes on here.",
          e);
    }
  }

  /** Shows how the loan goes, and notes its end. */
  private final class Watch implements LentMemory.Listener {
    private final Vps vps;
    private final MigrationId id;
    private final long totalBytes;
    private final Operation operation;
    private volatile boolean isRunning;

    Watch(Vps vps, MigrationId id, long totalBytes, Operation operation) {
      this.vps = vps;
      this.id = id;
      this.totalBytes = totalBytes;
      this.operation = operation;
    }

    @Override
    public void running() {
      isRunning = true;
      operation.phase("memory", 1);
    }

    @Override
    public void sent(long bytes) {
      if (isRunning) {
        int percent = (int) (1 + 98 * bytes / Math.max(1, totalBytes));
        operation.report(new Progress("memory", bytes, totalBytes, percent));
      }
      if (bytes >= totalBytes / 2) {
        Faults.at("migrate.lending");
      }
    }

    @Override
    public void allThere() {
      Faults.at("migrate.before-hand-over");
      try (Vps.Change change = Leaving.begin(vps, id, operation)) {
        Migration now = vps.migration().orElseThrow();
        if (now.phase() != MigrationPhase.LENT) {
          throw now.refusal(vps.spec().name(), "hand over");
        }
        change.migrating(Optional.of(now.in(MigrationPhase.HANDED_OVER)));
      }
      Faults.at("migrate.after-hand-over");
    }
  }

  /** The copy is dead, or will be after that time: this one goes on. */
  private VpsException goOn(
      Vps vps, MigrationId id, Operation operation, Duration atLeast, String reason) {
    VpsName name = vps.spec().name();
    try {
      Thread.sleep(atLeast);
      if (vps.migration().filter(now -> now.id().equals(id)).isPresent()) { // else it does already
        leaving.takeBack(vps, id, true, operation);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the next hook does it
    }
    return new VpsException(
        Code.PEER_REFUSED,
        "VPS '" + name + "' did not move, and goes on here from where it was frozen",
        reason,
        "What it did there meanwhile is lost. Begin its migration again, or use another mode.");
  }
}
