package org.letargo.manager.json;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;
import org.letargo.hook.protocol.ObstacleResource;
import org.letargo.hook.protocol.Severity;
import org.letargo.hook.protocol.VpsProcess;

/**
 * An obstacle as the API shows it; schema Obstacle.
 *
 * @param passes whether it tends to pass within moments
 * @param message all of it in one sentence
 */
public record ObstacleView(
    ObstacleKind code,
    Severity severity,
    @JsonProperty("transient") boolean passes,
    Optional<VpsProcess> process,
    Optional<ObstacleResource> resource,
    String reason,
    String remedy,
    String message) {
  public static ObstacleView of(Obstacle obstacle) {
    return new ObstacleView(
        obstacle.kind(),
        obstacle.kind().severity(),
        obstacle.kind().isTransient(),
        obstacle.process(),
        obstacle.resource(),
        obstacle.reason(),
        obstacle.remedy(),
        obstacle.sentence());
  }
}
