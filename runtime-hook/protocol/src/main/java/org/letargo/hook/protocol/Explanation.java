package org.letargo.hook.protocol;

import java.util.List;

/**
 * What lies behind a failure.
 *
 * @param obstacles what stood in the way, the likeliest cause first
 * @param log the lines of the engine's log that tell of it, in their order
 */
public record Explanation(List<Obstacle> obstacles, List<String> log) {
  public Explanation {
    obstacles = List.copyOf(obstacles);
    log = List.copyOf(log);
  }
}
