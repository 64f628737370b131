package org.letargo.integration.bench;

import java.util.List;
import java.util.Locale;

/** What was measured for one thing, one value per run. */
record Samples(List<Double> values) {
  Samples {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no samples");
    }
    values = values.stream().sorted().toList();
  }

  double median() {
    int half = values.size() / 2;
    return values.size() % 2 == 1
        ? values.get(half)
        : (values.get(half - 1) + values.get(half)) / 2;
  }

  /** Median, and the smallest and largest in brackets. */
  String text(Unit unit) {
    return values.size() == 1
        ? unit.text(median())
        : "%s (%s-%s)"
            .formatted(
                unit.text(median()), unit.text(values.getFirst()), unit.text(values.getLast()));
  }

  /** What the values are; they are never converted. */
  enum Unit {
    SECONDS("s", 3),
    MILLISECONDS("ms", 2),
    MEBIBYTES("MiB", 1);

    private final String symbol;
    private final int digits;

    Unit(String symbol, int digits) {
      this.symbol = symbol;
      this.digits = digits;
    }

    String symbol() {
      return symbol;
    }

    String text(double value) {
      return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
  }
}
