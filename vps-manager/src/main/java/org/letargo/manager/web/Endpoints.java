package org.letargo.manager.web;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What answers each operation of the contract; routes add theirs before the API is mounted. */
public final class Endpoints {
  private final Map<String, Consumer<Call>> byOperation = new HashMap<>();

  /**
   * @param handler called on an event loop
   */
  public Endpoints add(String operationId, Consumer<Call> handler) {
    if (byOperation.put(operationId, handler) != null) {
      throw new IllegalStateException("two routes answer " + operationId);
    }
    return this;
  }

  Consumer<Call> get(String operationId) {
    Consumer<Call> handler = byOperation.get(operationId);
    if (handler == null) {
      throw new IllegalStateException("no route answers " + operationId);
    }
    return handler;
  }

  Set<String> operationIds() {
    return Set.copyOf(byOperation.keySet());
  }
}
