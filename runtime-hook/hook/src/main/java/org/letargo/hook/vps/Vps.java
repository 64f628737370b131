package org.letargo.hook.vps;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.Resumed;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.timeline.VpsTimeline;

/**
 * A VPS of this host. Its status is on disk before it is seen here. At most one change runs at a
 * time: the holder of the {@link Change} is the only one that sets the status.
 */
public final class Vps {
  private final VpsFolder folder;
  private final StoredVps stored;
  private final Consumer<Vps> changed;
  private final VpsTimeline timeline;

  /** Guarded by this. */
  private VpsStatus status;

  private Optional<Resumed> resumed = Optional.empty();
  private Optional<Migration> migration;
  private OperationId change;
  private boolean gone;
  private long revision;

  private final LongSupplier revisions;

  /**
   * @param revisions gives the next revision, larger than any before
   */
  Vps(
      VpsFolder folder,
      StoredVps stored,
      VpsStatus status,
      LongSupplier revisions,
      Consumer<Vps> changed) {
    this.folder = folder;
    this.stored = stored;
    this.status = status;
    this.changed = changed;
    this.timeline = new VpsTimeline(stored.spec().name(), folder.timeline());
    this.migration = folder.readMigration();
    this.revisions = revisions;
    this.revision = revisions.getAsLong();
  }

  public VpsSpec spec() {
    return stored.spec();
  }

  public StoredVps stored() {
    return stored;
  }

  public VpsFolder folder() {
    return folder;
  }

  /** Its checkpoints. */
  public VpsTimeline timeline() {
    return timeline;
  }

  public synchronized VpsStatus status() {
    return status;
  }

  /** How it was last brought back to life, if it was since it had last no processes. */
  public synchronized Optional<Resumed> resumed() {
    return resumed;
  }

  /** Where it stands between two hosts; empty: it is simply here. */
  public synchronized Optional<Migration> migration() {
    return migration;
  }

  /** Says how much of its memory is there now; no effect if it was not resumed lazily, or ended. */
  public void loaded(Resumed.Lazily now) {
    synchronized (this) {
      if (!(resumed.orElse(null) instanceof Resumed.Lazily)) {
        return;
      }
      resumed = Optional.of(now);
      revision = revisions.getAsLong();
    }
    changed.accept(this);
  }

  /** Grows with every change that is seen from outside. */
  public synchronized long revision() {
    return revision;
  }

  /** The operation that is changing it now. */
  public synchronized Optional<OperationId> change() {
    return Optional.ofNullable(change);
  }

  /**
   * Starts a change: nobody else can until it is closed, and the journal tells of it. The caller
   * closes it.
   *
   * @throws VpsException BUSY if another change runs; NOT_FOUND if one has removed it; WRONG_STATE
   *     if it stands between two hosts and may not be changed so
   */
  public Change begin(
      OperationId operation, JournalEntry.Kind kind, Optional<CheckpointId> checkpoint) {
    hold(operation, Optional.empty(), kind);
    return journalled(new JournalEntry(operation, kind, checkpoint));
  }

  /**
   * The same for a step of the migration that it is in.
   *
   * @throws VpsException also NOT_FOUND if it is in none of this id
   */
  public Change begin(
      OperationId operation,
      JournalEntry.Kind kind,
      Optional<CheckpointId> checkpoint,
      MigrationId own) {
    hold(operation, Optional.of(own), kind);
    return journalled(new JournalEntry(operation, kind, checkpoint));
  }

  private Change journalled(JournalEntry entry) {
    try {
      folder.writeJournal(entry);
    } catch (RuntimeException e) {
      release();
      throw e;
    }
    changed.accept(this);
    return new Change();
  }

  /**
   * Takes the right to change a VPS whose processes have ended by themselves. Waits for the change
   * that runs now, if there is one.
   *
   * @param kind what it is to become of it: STOP, or RESUME if it goes back to its checkpoint
   * @param initPid the PID 1 that ended
   * @return empty if its end was the doing of another change
   */
  public Optional<Change> beginDeath(OperationId operation, JournalEntry.Kind kind, long initPid)
      throws InterruptedException {
    synchronized (this) {
      while (change != null) {
        wait();
      }
      if (gone || !isAbout(status, initPid)) {
        return Optional.empty();
      }
      hold(operation);
    }
    return Optional.of(journalled(new JournalEntry(operation, kind, Optional.empty())));
  }

  /**
   * Waits until no change runs. Another may begin at once.
   *
   * @return whether it came to that within the timeout
   */
  public synchronized boolean awaitUnchanged(Duration timeout) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + timeout.toNanos();
    while (change != null) {
      long leftNanos = deadlineNanos - System.nanoTime();
      if (leftNanos <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    }
    return true;
  }

  private static boolean isAbout(VpsStatus status, long initPid) {
    return switch (status) {
      case VpsStatus.Running running -> running.initPid() == initPid;
      case VpsStatus.Paused paused -> paused.initPid() == initPid;
      case VpsStatus.Stopped _, VpsStatus.Suspended _ -> false;
    };
  }

  private static boolean hasNoProcesses(VpsStatus status) {
    return switch (status) {
      case VpsStatus.Stopped _, VpsStatus.Suspended _ -> true;
      case VpsStatus.Running _, VpsStatus.Paused _ -> false;
    };
  }

  private synchronized void hold(
      OperationId operation, Optional<MigrationId> own, JournalEntry.Kind kind) {
    if (!gone && own.isPresent() && !own.equals(migration.map(Migration::id))) {
      throw new VpsException(
          Code.NOT_FOUND,
          "VPS '" + spec().name() + "' is not in migration " + own.get(),
          "that has ended",
          "Look where the VPS is now: 'letargo list'.");
    }
    if (!gone && own.isEmpty() && !mayBegin(kind)) {
      throw migration.orElseThrow().refusal(spec().name(), verb(kind));
    }
    hold(operation);
  }

  /** What is kept of one that has moved may be looked at, sent and removed. */
  private boolean mayBegin(JournalEntry.Kind kind) {
    MigrationPhase phase = migration.map(Migration::phase).orElse(MigrationPhase.OWNED);
    return switch (phase) {
      case OWNED -> true;
      case MOVED ->
          kind == JournalEntry.Kind.DESTROY
              || kind == JournalEntry.Kind.FORGET
              || kind == JournalEntry.Kind.EXPORT;
      case LEAVING, HANDED_OVER, LENT, ARRIVING, BORROWING, GIVEN_BACK, UNKNOWN -> false;
    };
  }

  private static String verb(JournalEntry.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private synchronized void hold(OperationId operation) {
    if (gone) {
      throw VpsException.notFound(spec().name());
    }
    if (change != null) {
      throw VpsException.busy(spec().name(), change);
    }
    change = operation;
    revision = revisions.getAsLong();
  }

  private synchronized void release() {
    change = null;
    revision = revisions.getAsLong();
    notifyAll();
  }

  private synchronized boolean isGone() {
    return gone;
  }

  /** The right to change this VPS. Closing it ends the journal entry. */
  public final class Change implements AutoCloseable {
    private Change() {}

    /** Makes a status durable, then seen. */
    public void become(VpsStatus next) {
      become(next, hasNoProcesses(next) ? Optional.empty() : resumed());
    }

    /** The same of a VPS that was resumed, or was to be. */
    public void become(VpsStatus next, Resumed way) {
      become(next, Optional.of(way));
    }

    private void become(VpsStatus next, Optional<Resumed> way) {
      folder.writeStatus(next);
      if (hasNoProcesses(next)) {
        folder.clearStillLoading(); // only now: it tells what to do about processes that there were
      }
      synchronized (Vps.this) {
        status = next;
        resumed = way;
        revision = revisions.getAsLong();
      }
      changed.accept(Vps.this);
    }

    /** Makes it durable where it stands between two hosts, then seen; empty: it is simply here. */
    public void migrating(Optional<Migration> next) {
      next.ifPresentOrElse(folder::writeMigration, folder::clearMigration);
      synchronized (Vps.this) {
        migration = next;
        revision = revisions.getAsLong();
      }
      changed.accept(Vps.this);
    }

    /**
     * The folder is gone or moved: there is no journal to clear, and nothing can be changed any
     * more. Its name and folder may be another VPS's from now on.
     */
    public void folderIsGone() {
      synchronized (Vps.this) {
        gone = true;
      }
    }

    @Override
    public void close() {
      try {
        if (!isGone()) {
          folder.clearJournal();
        }
      } finally {
        release();
        changed.accept(Vps.this);
      }
    }
  }
}
