package org.letargo.hook.operation;

import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.VpsException;

/**
 * One change while it runs: says how far it is, and learns whether it is to stop. Progress comes
 * from the thread that makes the change; a cancellation from any.
 */
public final class Operation {
  private final OperationId id;
  private final ProgressListener listener;
  private volatile Progress progress = Progress.phase("queued", 0);

  /** Guarded by this. */
  private boolean cancelled;

  private boolean committed;
  private Runnable onCancel = () -> {};

  private final Runnable keepSuccess;
  private volatile boolean succeeded;

  /**
   * @param keepSuccess makes it durable that this operation has succeeded
   */
  Operation(OperationId id, ProgressListener listener, Runnable keepSuccess) {
    this.id = id;
    this.listener = listener;
    this.keepSuccess = keepSuccess;
  }

  public OperationId id() {
    return id;
  }

  public Progress progress() {
    return progress;
  }

  /** Enters a phase, {@code percent} of the whole being done. */
  public void phase(String phase, int percent) {
    report(Progress.phase(phase, percent));
  }

  public void report(Progress next) {
    progress = next;
    listener.on(next);
  }

  /**
   * Ends the change here if somebody cancelled it.
   *
   * @throws VpsException CANCELLED
   */
  public synchronized void checkCancelled() {
    if (cancelled) {
      throw new VpsException(
          Code.CANCELLED,
          "operation " + id + " was cancelled",
          "somebody asked for it",
          "Nothing has changed; start it again if you want it.");
    }
  }

  /** The point of no return: from here on a cancellation comes too late and is ignored. */
  public synchronized void commit() {
    checkCancelled();
    committed = true;
    onCancel = () -> {};
  }

  /**
   * What was asked for is true from now on: keeps that, durably. Called before the journal of the
   * change is cleared, so that a hook which dies at any moment knows one of the two.
   */
  public void succeeded() {
    if (!succeeded) {
      succeeded = true;
      keepSuccess.run();
    }
  }

  boolean hasSucceeded() {
    return succeeded;
  }

  /** What to do, once, when somebody cancels it: kill a program, close a stream. */
  public void onCancel(Runnable action) {
    synchronized (this) {
      if (!cancelled) {
        onCancel = action;
        return;
      }
    }
    action.run();
  }

  void cancel() {
    Runnable action;
    synchronized (this) {
      if (committed || cancelled) {
        return;
      }
      cancelled = true;
      action = onCancel;
    }
    action.run();
  }

  /** Whether somebody cancelled it in time. */
  public synchronized boolean isCancelled() {
    return cancelled;
  }
}
