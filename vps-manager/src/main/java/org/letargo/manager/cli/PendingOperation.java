package org.letargo.manager.cli;

/**
 * An operation that is being waited for. Ctrl-C ends the waiting, never the operation: what is half
 * done to a VPS is better finished, and whoever wants it otherwise reads how to cancel it.
 */
final class PendingOperation implements AutoCloseable {
  private final Thread atExit;

  PendingOperation(Output output, String id) {
    this.atExit = new Thread(() -> output.notice(farewell(id)), "letargo-pending");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  static String farewell(String id) {
    return "letargo: operation %s goes on. See it with 'letargo ops show %s', end it with 'letargo ops cancel %s'."
        .formatted(id, id, id);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException ending) {
      return; // the process ends, and tells
    }
  }
}
