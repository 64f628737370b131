package org.letargo.hook.vps;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;

/** All VPSes of this host, by name, and who wants to hear of their changes. */
public final class Vpses {
  private final Map<VpsName, Vps> byName = new ConcurrentSkipListMap<>();

  /** Begins above every revision of an earlier run: a change takes longer than a nanosecond. */
  private final AtomicLong revisions =
      new AtomicLong(ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()));

  private final List<BiConsumer<VpsName, Optional<Vps>>> listeners = new CopyOnWriteArrayList<>();

  /** Takes a VPS in whose folder is complete. */
  public Vps add(VpsFolder folder, StoredVps stored, VpsStatus status) {
    Vps vps =
        new Vps(
            folder,
            stored,
            status,
            revisions::incrementAndGet,
            changed -> publish(changed.spec().name()));
    if (byName.putIfAbsent(stored.spec().name(), vps) != null) {
      throw taken(stored.spec().name());
    }
    publish(stored.spec().name());
    return vps;
  }

  public void remove(VpsName name) {
    byName.remove(name);
    publish(name);
  }

  /**
   * @throws VpsException NOT_FOUND
   */
  public Vps get(VpsName name) {
    Vps vps = byName.get(name);
    if (vps == null) {
      throw VpsException.notFound(name);
    }
    return vps;
  }

  /** The VPS of this name, if there is one now. */
  public Optional<Vps> find(VpsName name) {
    return Optional.ofNullable(byName.get(name));
  }

  public boolean contains(VpsName name) {
    return byName.containsKey(name);
  }

  public List<Vps> all() {
    return new ArrayList<>(byName.values());
  }

  /** Calls the listener on every change, on the thread that makes it; it must not block. */
  public AutoCloseable listen(BiConsumer<VpsName, Optional<Vps>> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private void publish(VpsName name) {
    Optional<Vps> now = find(name);
    listeners.forEach(listener -> listener.accept(name, now));
  }

  static VpsException taken(VpsName name) {
    return new VpsException(
        Code.NAME_TAKEN,
        "cannot make VPS '" + name + "'",
        "there is one of that name",
        "Choose another name, or destroy that one first.");
  }
}
