package org.letargo.manager.cli;

import org.letargo.hook.protocol.TerminalSize;

/** The terminal around the process. Its other implementation is the tests' fake. */
interface Terminal {
  /** Whether standard input is a terminal. */
  boolean isInput();

  /** Whether standard output is a terminal. */
  boolean isOutput();

  /** Whether standard error is a terminal. */
  boolean isError();

  /** Its size now; 24 rows of 80 columns when nobody knows. */
  TerminalSize size();

  /**
   * Hands every key on as it is typed and every byte of output as it comes, until closed. It is put
   * back also when the process is ended by a signal.
   *
   * @throws CliFailure if there is no terminal
   */
  Raw raw();

  /** Calls back, on a thread of its own, each time when the window has changed its size. */
  void onResize(Runnable changed);

  /** A terminal in raw mode. */
  interface Raw extends AutoCloseable {
    /** Back to how it was; a second call does nothing. */
    @Override
    void close();
  }
}
