package org.letargo.manager.events;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.operation.Operation;

/** Tells every subscriber every change, on the thread that made it; subscribers must not block. */
public final class Changes {
  /** What changed. */
  public sealed interface Change {
    /** A VPS is not what it was; what it is now is asked of the registry. */
    record OfVps(VpsName name) implements Change {}

    /** An operation, as it is now. */
    record OfOperation(Operation operation) implements Change {}
  }

  private final List<Consumer<Change>> subscribers = new CopyOnWriteArrayList<>();

  /** Hears all changes until the answer is run. */
  public Runnable subscribe(Consumer<Change> subscriber) {
    subscribers.add(subscriber);
    return () -> subscribers.remove(subscriber);
  }

  /** How many listen. */
  public int subscribers() {
    return subscribers.size();
  }

  public void tell(Change change) {
    subscribers.forEach(subscriber -> subscriber.accept(change));
  }
}
