package org.letargo.integration.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All that was measured, in the order in which it came first. One thread. */
final class Figures {
  /**
   * A line of the table.
   *
   * @param subject what it was done to
   * @param work what was done
   */
  record Row(String subject, String work, Samples.Unit unit) {}

  private final Map<Row, Map<Contender, List<Double>>> all = new LinkedHashMap<>();

  void add(Row row, Contender contender, double value) {
    all.computeIfAbsent(row, _ -> new EnumMap<>(Contender.class))
        .computeIfAbsent(contender, _ -> new ArrayList<>())
        .add(value);
  }

  void seconds(String subject, String work, Contender contender, double value) {
    add(new Row(subject, work, Samples.Unit.SECONDS), contender, value);
  }

  void mebibytes(String subject, String work, Contender contender, long bytes) {
    add(new Row(subject, work, Samples.Unit.MEBIBYTES), contender, bytes / (double) (1 << 20));
  }

  List<Row> rows() {
    return List.copyOf(all.keySet());
  }

  Optional<Samples> of(Row row, Contender contender) {
    return Optional.ofNullable(all.getOrDefault(row, Map.of()).get(contender)).map(Samples::new);
  }
}
