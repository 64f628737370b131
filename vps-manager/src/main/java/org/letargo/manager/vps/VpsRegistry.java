package org.letargo.manager.vps;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationPhase;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.VpsEvent;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.manager.vps.VpsState.Changing;
import org.letargo.manager.vps.VpsState.Settled;

/**
 * All VPSes: the hook's last report of each, and which operation of ours claims it. At most one
 * does. One lock guards all; nobody is called while it is held. The reading methods are fast and
 * may be called on an event loop.
 */
public final class VpsRegistry {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition reported = lock.newCondition();

  /** Guarded by the lock, all. */
  private final TreeMap<VpsName, VpsReport> reports = new TreeMap<>();

  private final Map<VpsName, Changing> claims = new HashMap<>();
  private boolean complete;
  private boolean connected;

  private final Consumer<VpsName> listener;

  /**
   * @param listener hears which VPS has changed, outside the lock; what it is now it asks for
   */
  public VpsRegistry(Consumer<VpsName> listener) {
    this.listener = listener;
  }

  /**
   * All VPSes, by name.
   *
   * @throws VpsException HOOK_UNREACHABLE if the hook has never told
   */
  public List<Vps> list() {
    lock.lock();
    try {
      requireComplete();
      Set<VpsName> names = new TreeSet<>(reports.keySet());
      names.addAll(claims.keySet());
      List<Vps> all = new ArrayList<>();
      names.forEach(name -> all.add(look(name).orElseThrow()));
      return all;
    } finally {
      lock.unlock();
    }
  }

  /** How many there are; 0 while the hook has never told. */
  public int count() {
    lock.lock();
    try {
      return reports.size();
    } finally {
      lock.unlock();
    }
  }

  /** How many are in this state. */
  public int count(String state) {
    lock.lock();
    try {
      return (int)
          reports.keySet().stream()
              .filter(name -> look(name).orElseThrow().state().word().equals(state))
              .count();
    } finally {
      lock.unlock();
    }
  }

  /** The VPS as it is now; empty if there is none of the name. */
  public Optional<Vps> find(VpsName name) {
    lock.lock();
    try {
      return look(name);
    } finally {
      lock.unlock();
    }
  }

  /**
   * @throws VpsException NOT_FOUND; HOOK_UNREACHABLE if the hook has never told
   */
  public Vps get(VpsName name) {
    lock.lock();
    try {
      requireComplete();
      return look(name).orElseThrow(() -> VpsException.notFound(name));
    } finally {
      lock.unlock();
    }
  }

  private Optional<Vps> look(VpsName name) {
    VpsReport report = reports.get(name);
    Changing claim = claims.get(name);
    if (report == null) {
      return Optional.ofNullable(claim)
          .map(changing -> new Vps(name, changing, new Vps.Known.Nothing()));
    }
    VpsState state = claim == null ? Settled.of(report.status()) : claim;
    return Optional.of(new Vps(name, state, new Vps.Known.Reported(report)));
  }

  /**
   * Claims a VPS for a change.
   *
   * @throws VpsException NOT_FOUND, BUSY, WRONG_STATE, HOOK_UNREACHABLE
   */
  public void claim(VpsName name, VpsMove move, OperationId operation) {
    lock.lock();
    try {
      requireConnected();
      Vps vps = look(name).orElseThrow(() -> VpsException.notFound(name));
      if (vps.state() instanceof Settled
          && vps.known() instanceof Vps.Known.Reported(VpsReport report)
          && report.change().isPresent()) {
        throw VpsException.busy(name, report.change().get());
      }
      if (vps.known() instanceof Vps.Known.Reported(VpsReport report)
          && !mayBegin(move, report.migration())) {
        throw report.migration().get().refusal(name, move.kind().word());
      }
      claims.put(name, move.from(vps.state(), name, operation));
    } finally {
      lock.unlock();
    }
    listener.accept(name);
  }

  /** The hook says the same; who asks the manager hears it before anything is begun. */
  private static boolean mayBegin(VpsMove move, Optional<Migration> between) {
    Optional<MigrationPhase> phase = between.map(Migration::phase);
    return phase.isEmpty()
        || phase.get() == MigrationPhase.MOVED
            && (move == VpsMove.DESTROY || move == VpsMove.EXPORT || move == VpsMove.FORGET);
  }

  /**
   * Claims a VPS that stands between two hosts, for the next step of its migration.
   *
   * @throws VpsException NOT_FOUND, BUSY, HOOK_UNREACHABLE
   */
  public void claimBetween(VpsName name, Changing step) {
    lock.lock();
    try {
      requireConnected();
      Vps vps = look(name).orElseThrow(() -> VpsException.notFound(name));
      if (vps.state() instanceof Changing busy) {
        throw VpsException.busy(name, busy.operation());
      }
      claims.put(name, step);
    } finally {
      lock.unlock();
    }
    listener.accept(name);
  }

  /** All that stand between two hosts and that no operation of ours is at work on. */
  public List<VpsReport> waitingBetween() {
    lock.lock();
    try {
      return reports.values().stream()
          .filter(report -> report.migration().isPresent())
          .filter(report -> !claims.containsKey(report.spec().name()))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Claims the name of a VPS that is to be made.
   *
   * @throws VpsException NAME_TAKEN, BUSY, HOOK_UNREACHABLE
   */
  public void claimNew(VpsName name, Changing making) {
    lock.lock();
    try {
      requireConnected();
      Changing busy = claims.get(name);
      if (busy != null) {
        throw VpsException.busy(name, busy.operation());
      }
      if (reports.containsKey(name)) {
        throw new VpsException(
            Code.NAME_TAKEN,
            "cannot make VPS '" + name + "'",
            "there is one of that name",
            "Choose another name, or destroy that one first.");
      }
      claims.put(name, making);
    } finally {
      lock.unlock();
    }
    listener.accept(name);
  }

  /** Claims a VPS again for an operation that was running when the manager ended. */
  public void reclaim(VpsName name, Changing changing) {
    lock.lock();
    try {
      claims.put(name, changing);
    } finally {
      lock.unlock();
    }
    listener.accept(name);
  }

  /** Gives the claim back; no effect if another operation has it. */
  public void release(VpsName name, OperationId operation) {
    lock.lock();
    try {
      Changing claim = claims.get(name);
      if (claim == null || !claim.operation().equals(operation)) {
        return;
      }
      claims.remove(name);
    } finally {
      lock.unlock();
    }
    listener.accept(name);
  }

  /**
   * Waits until the view is as new as this revision.
   *
   * @return whether it came in time
   */
  public boolean awaitRevision(VpsName name, long revision, Duration patience) {
    return await(
        () -> reports.containsKey(name) && reports.get(name).revision() >= revision, patience);
  }

  /** Waits until the VPS is gone from the view. */
  public boolean awaitGone(VpsName name, Duration patience) {
    return await(() -> !reports.containsKey(name), patience);
  }

  private boolean await(BooleanSupplier wanted, Duration patience) {
    long leftNanos = patience.toNanos();
    lock.lock();
    try {
      while (!wanted.getAsBoolean()) {
        if (leftNanos <= 0) {
          return false;
        }
        leftNanos = reported.awaitNanos(leftNanos);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the hook has told of all VPSes. */
  public boolean awaitComplete(Duration patience) {
    return await(() -> complete && connected, patience);
  }

  /** Whether the hook is telling now. */
  public boolean connected() {
    lock.lock();
    try {
      return connected;
    } finally {
      lock.unlock();
    }
  }

  /** Takes what the hook says is all that there is. */
  void replaceAll(List<VpsReport> all) {
    Set<VpsName> touched;
    lock.lock();
    try {
      touched = new TreeSet<>(reports.keySet());
      reports.clear();
      all.forEach(report -> reports.put(report.spec().name(), report));
      touched.addAll(reports.keySet());
      complete = true;
      connected = true;
      reported.signalAll();
    } finally {
      lock.unlock();
    }
    touched.forEach(listener);
  }

  void apply(VpsEvent event) {
    lock.lock();
    try {
      VpsReport known = reports.get(event.name());
      if (event.vps().isEmpty()) {
        reports.remove(event.name());
      } else if (known == null || known.revision() <= event.vps().get().revision()) {
        reports.put(event.name(), event.vps().get());
      }
      reported.signalAll();
    } finally {
      lock.unlock();
    }
    listener.accept(event.name());
  }

  /** The hook is away; what it told last stays. */
  void disconnected() {
    lock.lock();
    try {
      connected = false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * @throws VpsException HOOK_UNREACHABLE
   */
  public void requireConnected() {
    if (!connected()) {
      throw away();
    }
  }

  private void requireComplete() {
    if (!complete) {
      throw away();
    }
  }

  private static VpsException away() {
    return new VpsException(
        Code.HOOK_UNREACHABLE,
        "the hook does not answer",
        "the manager has no connection to it",
        "See whether letargo-hook runs; the manager connects by itself.");
  }
}
