package org.letargo.manager.operation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.database.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All operations: starts them, keeps those that run in memory and all of them in the journal. Every
 * change of one is told to a listener, on the thread that made it. Its methods block.
 */
public final class Operations implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

  /** The most that run at once; each holds a thread and a connection to the hook. */
  private static final int MAX_RUNNING = 256;

  /** How often, and after which pause, the hook is asked to cancel what it does not know yet. */
  private static final int CANCEL_TRIES = 20;

  private static final Duration CANCEL_RETRY = Duration.ofMillis(50);

  /** After which pause the end of an operation is written again that could not be. */
  private static final Duration WRITE_RETRY = Duration.ofSeconds(1);

  /** How long {@link #close} waits for each thread. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final OperationJournal journal;
  private final HookCalls hook;
  private final Clock clock;
  private final Consumer<Operation> listener;
  private final OperationMetrics metrics;
  private final Map<OperationId, OperationRun> running = new ConcurrentHashMap<>();

  /** Those that have ended and are still running in the journal, which could not be written. */
  private final Map<OperationId, Operation> unwritten = new ConcurrentHashMap<>();

  private final CountDownLatch closing = new CountDownLatch(1);

  public Operations(
      Database database,
      int kept,
      HookCalls hook,
      Clock clock,
      OperationMetrics metrics,
      Consumer<Operation> listener) {
    this.journal = new OperationJournal(database, kept);
    this.hook = hook;
    this.clock = clock;
    this.metrics = metrics;
    this.listener = listener;
  }

  /**
   * Begins an operation, which is in the journal on return and runs on.
   *
   * @throws VpsException BUSY if too many run
   */
  public Operation start(
      OperationId id, OperationKind kind, Subject subject, String by, Work work) {
    if (running.size() >= MAX_RUNNING) {
      throw new VpsException(
          Code.BUSY,
          "cannot begin another operation",
          MAX_RUNNING + " are running",
          "Wait until some have ended; 'letargo ops' lists them.");
    }
    Instant now = clock.instant();
    Progress begin = Progress.phase("begin", 0);
    Operation operation =
        new Operation(
            id,
            kind,
            subject,
            by,
            now,
            new OperationState.Running(),
            begin,
            new OperationResult.Nothing());
    journal.begin(operation, id);
    return launch(new Journalled(operation, id, 0), work);
  }

  /** Keeps an operation that nobody had asked for and that has ended; once. */
  public void record(Operation ended) {
    if (journal.find(ended.id()).isPresent()) {
      return;
    }
    journal.begin(ended, ended.id());
    journal.end(ended);
    metrics.ended(ended);
    tell(ended);
  }

  /** Those that the journal has as running when the manager starts, the oldest first. */
  public List<Journalled> unfinished() {
    return journal.unfinished();
  }

  /** Takes up again what was running when the manager ended. */
  public void resume(Journalled journalled, Work work) {
    Operation operation = journalled.operation().withProgress(Progress.phase("reconcile", -1));
    LOG.info("{} the manager takes it up again", words(operation));
    launch(new Journalled(operation, journalled.hookOperation(), journalled.step()), work);
  }

  private Operation launch(Journalled journalled, Work work) {
    OperationRun run = new OperationRun(this, journalled);
    Operation begun = run.operation();
    running.put(begun.id(), run);
    tell(begun);
    run.startOn(() -> perform(run, work));
    return begun;
  }

  private void perform(OperationRun run, Work work) {
    LOG.info("{} begins, for {}", words(run.operation()), run.operation().by());
    OperationState end;
    try {
      run.checkCancelled();
      work.run(run);
      end = new OperationState.Succeeded(clock.instant());
      LOG.info("{} succeeded", words(run.operation()));
    } catch (VpsException e) {
      end = OperationState.failed(clock.instant(), Failure.of(e));
      LOG.info("{} {}: {}", words(run.operation()), end.word(), e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("{} failed by a fault of ours", words(run.operation()), e);
      VpsException fault = VpsException.internal("the operation failed", e);
      end = OperationState.failed(clock.instant(), Failure.of(fault));
    }
    end(run, end, work);
  }

  private void end(OperationRun run, OperationState end, Work work) {
    Operation ended = run.operation().ended(end);
    if (closing.getCount()
        == 0) { // how it ends is found out by the next manager; who waits for this one goes
      work.ended(ended);
      return;
    }
    unwritten.put(ended.id(), ended);
    boolean written = write(ended);
    metrics.ended(ended);
    running.remove(run.id());
    tell(ended);
    work.ended(ended);
    if (!written) {
      LOG.error("{} its end is not in the journal yet, trying again", words(ended));
      awaitWritten(ended);
    }
  }

  /** Until then it is shown from memory; a manager that ends before finds out anew. */
  private void awaitWritten(Operation ended) {
    try {
      while (!closing.await(WRITE_RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
        if (write(ended)) {
          LOG.info("{} its end is in the journal now", words(ended));
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns false if it cannot be written now; the disk is full, say. */
  private boolean write(Operation ended) {
    try {
      journal.end(ended);
      unwritten.remove(ended.id());
      return true;
    } catch (VpsException e) {
      LOG.debug("{} its end cannot be written", words(ended), e);
      return false;
    }
  }

  /**
   * An operation as it stands.
   *
   * @throws VpsException NOT_FOUND
   */
  public Operation find(OperationId id) {
    OperationRun run = running.get(id);
    if (run != null) {
      return run.operation();
    }
    Operation ended = unwritten.get(id);
    return ended != null ? ended : journal.find(id).orElseThrow(() -> notFound(id));
  }

  /** The newest first; of all VPSes if the name is empty. */
  public List<Operation> list(Optional<VpsName> vps, int limit) {
    Function<Operation, Operation> asItStands =
        journalled -> {
          OperationRun run = running.get(journalled.id());
          return run == null
              ? unwritten.getOrDefault(journalled.id(), journalled)
              : run.operation();
        };
    return journal.list(vps, limit).stream().map(asItStands).toList();
  }

  /**
   * Asks an operation to end where that is safe.
   *
   * @throws VpsException NOT_FOUND, WRONG_STATE if it has ended
   */
  public Operation cancel(OperationId id) {
    OperationRun run = running.get(id);
    if (run == null) {
      Operation ended = find(id);
      throw new VpsException(
          Code.WRONG_STATE,
          "cannot cancel operation " + id,
          "it has " + ended.state().word(),
          "There is nothing to do.");
    }
    run.cancel();
    for (int tries = 0; tries < CANCEL_TRIES && running.containsKey(id); tries++) {
      if (hookHeardOfCancel(run)) {
        break;
      }
      HookCalls.pause(CANCEL_RETRY);
    }
    return run.operation();
  }

  /** Not if the run is about to ask the hook for its change, or is between two steps. */
  private boolean hookHeardOfCancel(OperationRun run) {
    try {
      hook.client().call(new HookRequest.CancelOperation(run.hookOperation()));
      return true;
    } catch (VpsException e) {
      if (e.code() != Code.NOT_FOUND) {
        throw e;
      }
      return false;
    }
  }

  /**
   * Watches no operation any longer: those that run stay in the journal as running, the hook goes
   * on with them, and the next manager takes them up.
   */
  @Override
  public void close() {
    closing.countDown();
    running.values().forEach(run -> run.abandon(CLOSE_PATIENCE));
  }

  void journalStep(OperationId id, OperationId hookOperation, int step) {
    journal.step(id, hookOperation, step);
  }

  void tell(Operation operation) {
    listener.accept(operation);
  }

  private static String words(Operation operation) {
    String vps = operation.subject().vps().map(name -> "vps=" + name + " ").orElse("");
    return vps + "op=" + operation.id() + " " + operation.kind().word();
  }

  private static VpsException notFound(OperationId id) {
    return new VpsException(
        Code.NOT_FOUND,
        "there is no operation " + id,
        "it never was, or ended long ago",
        "List them with 'letargo ops'.");
  }
}
