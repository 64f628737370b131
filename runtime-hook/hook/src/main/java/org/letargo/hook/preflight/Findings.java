package org.letargo.hook.preflight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;

/** Collects obstacles; of each kind so many that a hostile VPS cannot fill a report. */
final class Findings {
  private static final int MOST_OF_A_KIND = 100;

  private static final Comparator<Obstacle> ORDER =
      Comparator.comparing((Obstacle obstacle) -> obstacle.kind().severity())
          .thenComparing(Obstacle::kind)
          .thenComparing(obstacle -> obstacle.process().map(process -> process.pid()).orElse(0));

  private final List<Obstacle> obstacles = new ArrayList<>();
  private final Map<ObstacleKind, Integer> counts = new EnumMap<>(ObstacleKind.class);
  private int omitted;

  void add(Obstacle obstacle) {
    if (counts.merge(obstacle.kind(), 1, Integer::sum) > MOST_OF_A_KIND) {
      omitted++;
      return;
    }
    obstacles.add(obstacle);
  }

  /** Those that block first, then by kind and process. */
  List<Obstacle> obstacles() {
    return obstacles.stream().sorted(ORDER).toList();
  }

  int omitted() {
    return omitted;
  }
}
