package org.letargo.manager.json;

import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Explanation;
import org.letargo.hook.protocol.Failure;

/**
 * A failure as the API shows it; schema Failure.
 *
 * @param obstacles what stood in the way of a checkpoint; absent if nothing is known of it
 * @param log lines of the engine's log; absent if there are none
 */
public record FailureView(
    Code code,
    String what,
    String why,
    String remedy,
    String message,
    Optional<List<ObstacleView>> obstacles,
    Optional<List<String>> log) {
  public static FailureView of(Failure failure) {
    return new FailureView(
        failure.code(),
        failure.what(),
        failure.why(),
        failure.remedy(),
        failure.toException().getMessage(),
        failure
            .explanation()
            .map(Explanation::obstacles)
            .filter(obstacles -> !obstacles.isEmpty())
            .map(obstacles -> obstacles.stream().map(ObstacleView::of).toList()),
        failure.explanation().map(Explanation::log).filter(log -> !log.isEmpty()));
  }
}
