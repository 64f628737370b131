package org.letargo.hook.protocol;

/**
 * The size of a terminal in characters.
 *
 * @param rows 1 to 1000
 * @param columns 1 to 1000
 */
public record TerminalSize(int rows, int columns) {
  public TerminalSize {
    if (rows < 1 || rows > 1000 || columns < 1 || columns > 1000) {
      throw VpsException.invalid(
          "terminal size " + rows + "x" + columns,
          "rows and columns are from 1 to 1000",
          "Resize the window.");
    }
  }
}
