package org.letargo.hook.change;

import org.letargo.hook.operation.Operation;

/**
 * A part of an operation that has phases of its own.
 *
 * @param from percent of the operation that are done when the part begins
 * @param to and when it ends
 */
record Span(Operation operation, int from, int to) {
  /** Enters a phase; {@code percent} of the part are done. */
  void phase(String name, int percent) {
    operation.phase(name, from + percent * (to - from) / 100);
  }
}
