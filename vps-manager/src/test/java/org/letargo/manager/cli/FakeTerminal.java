package org.letargo.manager.cli;

import java.util.Optional;
import org.letargo.hook.protocol.TerminalSize;

/**
 * A terminal without a device. Strict: raw mode twice at once, or without a terminal, is refused.
 */
final class FakeTerminal implements Terminal {
  private final boolean isTerminal;
  private volatile TerminalSize size = new TerminalSize(30, 100);
  private volatile boolean raw;
  private volatile int timesRaw;
  private volatile Optional<Runnable> resized = Optional.empty();

  FakeTerminal(boolean isTerminal) {
    this.isTerminal = isTerminal;
  }

  /** The window's edge is dragged. */
  void resize(int rows, int columns) {
    size = new TerminalSize(rows, columns);
    resized.orElseThrow().run();
  }

  boolean isWatched() {
    return resized.isPresent();
  }

  boolean isRaw() {
    return raw;
  }

  int timesRaw() {
    return timesRaw;
  }

  @Override
  public boolean isInput() {
    return isTerminal;
  }

  @Override
  public boolean isOutput() {
    return isTerminal;
  }

  @Override
  public boolean isError() {
    return isTerminal;
  }

  @Override
  public TerminalSize size() {
    return size;
  }

  @Override
  public Raw raw() {
    if (!isTerminal || raw) {
      throw new CliFailure(
          ExitStatus.INVALID_PARAMETER, "NOT_A_TERMINAL", "cannot use the terminal", "none", "");
    }
    raw = true;
    timesRaw++;
    return () -> raw = false;
  }

  @Override
  public void onResize(Runnable changed) {
    resized = Optional.of(changed);
  }
}
