package org.letargo.manager.cli;

import java.util.function.Consumer;

/** Shows how an operation goes on. One display is one operation's; not for several threads. */
sealed interface ProgressDisplay extends Consumer<OperationView>, AutoCloseable
    permits ProgressDisplay.None, PlainProgress, TerminalProgress {
  @Override
  void close();

  /**
   * The one that fits: nothing beside JSON, a bar for a person who looks, else lines.
   *
   * @param alone whether nothing else is shown at the same time: bars would overwrite each other
   */
  static ProgressDisplay of(Output output, Terminal terminal, boolean alone) {
    if (output.isJson()) {
      return new None();
    }
    return alone && terminal.isError()
        ? new TerminalProgress(output.errorStream(), terminal.size().columns())
        : new PlainProgress(output);
  }

  /** Says nothing. */
  record None() implements ProgressDisplay {
    @Override
    public void accept(OperationView operation) {}

    @Override
    public void close() {}
  }
}
