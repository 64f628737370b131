package org.letargo.integration;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.letargo.integration.harness.Vps;

/** The payload {@code obstacle}, and obstacles in one line: {@code CODE COMMAND TYPE NAME}. */
public final class Obstacles {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private Obstacles() {}

  /**
   * Starts the payload as a part of the VPS and waits until it is ready.
   *
   * @return the descriptor that it has made; -1 if it is none
   */
  public static int make(Vps vps, String kind) {
    vps.installPayload("obstacle");
    vps.daemon("obstacle", "obstacle " + kind);
    return awaitReady(vps);
  }

  /** Waits for the payload's next word. */
  static int awaitReady(Vps vps) {
    String[] said = {""};
    Awaitility.await("obstacle")
        .pollInterval(Duration.ofMillis(50))
        .atMost(LONGEST)
        .until(() -> {
          said[0] = vps.exec("cat", "/run/obstacle.log").text();
          if (said[0].contains("CANNOT RUN")) {
            throw new AssertionError(said[0]);
          }
          return said[0].contains("ready");
        });
    return Integer.parseInt(said[0].lines().toList().getLast().replace("ready ", "").strip());
  }

  /** Those of a severity, each in one line. */
  public static List<String> lines(JsonNode preflight, String severity) {
    return preflight
        .path("obstacles")
        .valueStream()
        .filter(obstacle -> obstacle.path("severity").asText().equals(severity))
        .map(Obstacles::line)
        .toList();
  }

  static String line(JsonNode obstacle) {
    return String.join(
            " ",
            obstacle.path("code").asText(),
            obstacle.path("process").path("command").asText(),
            obstacle.path("resource").path("type").asText(),
            obstacle.path("resource").path("name").asText())
        .replaceAll(" +", " ")
        .strip();
  }
}
