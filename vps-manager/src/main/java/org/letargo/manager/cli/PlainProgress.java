package org.letargo.manager.cli;

/** A plain line for each phase: for logs, pipes, and several VPSes at once. */
final class PlainProgress implements ProgressDisplay {
  private final Output output;
  private String shown = "";

  PlainProgress(Output output) {
    this.output = output;
  }

  @Override
  public void accept(OperationView operation) {
    String line = operation.subject() + ": " + operation.kind() + ": " + operation.phase();
    if (operation.isRunning() && !operation.phase().isEmpty() && !line.equals(shown)) {
      shown = line;
      output.notice(line);
    }
  }

  @Override
  public void close() {}
}
