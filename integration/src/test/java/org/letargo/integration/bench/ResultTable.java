package org.letargo.integration.bench;

import static org.letargo.integration.bench.Contender.LETARGO;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The figures as a Markdown table that is also aligned for terminals: a line per work, a column per
 * contender, and how many times as long as the other ones Letargo took.
 */
final class ResultTable {
  private static final List<Contender> OTHERS = List.of(Contender.RUNTIME, Contender.PODMAN);

  private ResultTable() {}

  static String of(Figures figures) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        Stream.concat(
                Stream.of("subject", "work", "unit"),
                Stream.concat(
                    Stream.of(Contender.values()).map(Contender::title),
                    OTHERS.stream().map(other -> "/ " + other.title())))
            .toList());
    for (Figures.Row row : figures.rows()) {
      List<String> line = new ArrayList<>(List.of(row.subject(), row.work(), row.unit().symbol()));
      for (Contender contender : Contender.values()) {
        line.add(figures.of(row, contender).map(s -> s.text(row.unit())).orElse("-"));
      }
      OTHERS.forEach(other -> line.add(ratio(figures, row, other)));
      lines.add(line);
    }
    return aligned(lines);
  }

  private static String ratio(Figures figures, Figures.Row row, Contender other) {
    return figures
        .of(row, LETARGO)
        .flatMap(ours ->
            figures
                .of(row, other)
                .map(theirs -> String.format(Locale.ROOT, "%.2f", ours.median() / theirs.median())))
        .orElse("-");
  }

  private static String aligned(List<List<String>> lines) {
    int columns = lines.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> line : lines) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int n = 0; n < lines.size(); n++) {
      for (int i = 0; i < columns; i++) {
        text.append("| ").append(padded(lines.get(n).get(i), widths[i])).append(' ');
      }
      text.append("|\n");
      if (n == 0) {
        for (int width : widths) {
          text.append("|").append("-".repeat(width + 2));
        }
        text.append("|\n");
      }
    }
    return text.toString();
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
