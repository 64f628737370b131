package org.letargo.manager.operation;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

/** An operation while it runs. The thread that works calls it; others look and cancel. */
public final class OperationRun {
  private final Operations operations;
  private volatile Operation operation;
  private volatile OperationId hookOperation;
  private volatile boolean cancelled;
  private boolean committed;
  private volatile Thread thread;
  private int step;

  OperationRun(Operations operations, Journalled from) {
    this.operations = operations;
    this.operation = from.operation();
    this.hookOperation = from.hookOperation();
    this.step = from.step();
  }

  public OperationId id() {
    return operation.id();
  }

  /** What the hook knows the current step as. */
  public OperationId hookOperation() {
    return hookOperation;
  }

  /** Which step it is, from 0. */
  public int step() {
    return step;
  }

  /**
   * It is past the point of no return: whoever cancels it from now on comes too late.
   *
   * @throws VpsException CANCELLED if somebody came in time
   */
  public synchronized void commit() {
    checkCancelled();
    committed = true;
  }

  /** Goes on with the next step, which has an id of its own; it is in the journal on return. */
  public void nextStep() {
    checkCancelled();
    OperationId next = OperationId.create();
    operations.journalStep(id(), next, step + 1);
    hookOperation = next;
    step++;
  }

  /** Says how far it is. */
  public void progress(Progress progress) {
    update(current -> current.withProgress(progress));
  }

  /** The VPS has a name now. */
  public void named(VpsName name) {
    update(current -> current.withSubject(new Subject.OfVps(name)));
  }

  /** It has brought this. */
  public void made(OperationResult result) {
    update(current -> current.withResult(result));
  }

  /**
   * @throws VpsException CANCELLED if it was asked to end
   */
  public void checkCancelled() {
    if (cancelled) {
      throw new VpsException(
          Code.CANCELLED, "operation " + id() + " ended", "it was cancelled", "Start it again.");
    }
  }

  void startOn(Runnable work) {
    thread = Thread.ofVirtual().name(id().value()).unstarted(work);
    thread.start();
  }

  /** Ends the thread, not the change. */
  void abandon(Duration patience) {
    thread.interrupt();
    try {
      thread.join(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Operation operation() {
    return operation;
  }

  synchronized void cancel() {
    cancelled = !committed;
  }

  /** Only the thread that works changes it. */
  void update(UnaryOperator<Operation> change) {
    operation = change.apply(operation);
    operations.tell(operation);
  }
}
