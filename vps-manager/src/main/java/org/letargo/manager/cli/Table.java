package org.letargo.manager.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows in columns as wide as their widest value, two blanks between; the first row is the head. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... head) {
    row(head);
  }

  Table row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  void print(Output output) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int column = 0; column < row.size(); column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    for (List<String> row : rows) {
      var line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        String cell = printable(row.get(column));
        line.append(cell).append(" ".repeat(widths[column] - cell.length() + 2));
      }
      output.line(line.toString().stripTrailing());
    }
  }

  /** Nothing that a template's description or an error says may steer the terminal. */
  static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
