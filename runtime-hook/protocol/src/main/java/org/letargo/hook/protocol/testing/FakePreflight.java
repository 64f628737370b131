package org.letargo.hook.protocol.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.PreflightReport;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import org.letargo.hook.protocol.VpsStatus;

/** What stands in the way in the VPSes of the fake: what a test put there. Safe for threads. */
final class FakePreflight {
  private final FakeHost host;
  private final Map<VpsName, List<Obstacle>> obstacles = new ConcurrentHashMap<>();

  FakePreflight(FakeHost host) {
    this.host = host;
  }

  void obstacles(VpsName name, List<Obstacle> found) {
    obstacles.put(name, List.copyOf(found));
  }

  /**
   * @throws VpsException NOT_FOUND; WRONG_STATE if it has no processes
   */
  PreflightReport report(VpsName name) {
    VpsStatus status = host.find(name).status();
    switch (status) {
      case VpsStatus.Running _, VpsStatus.Paused _ -> {}
      case VpsStatus.Stopped _, VpsStatus.Suspended _ ->
          throw VpsException.wrongState(name, "inspect", status.word(), "It must be running.");
    }
    return new PreflightReport(
        name,
        Instant.parse("2026-01-02T03:04:06Z"),
        Duration.ofMillis(12),
        3,
        DataSize.ofMebibytes(7),
        DataSize.ofMebibytes(20480),
        "4.2",
        "1.1.5",
        "6.18.0",
        obstacles.getOrDefault(name, List.of()),
        0);
  }

  /**
   * @throws VpsException NOT_CHECKPOINTABLE
   */
  void requireNothingBlocks(VpsName name, String verb) {
    List<Obstacle> blocking = report(name).blocking();
    if (!blocking.isEmpty()) {
      throw VpsException.notCheckpointable(name, verb, blocking, List.of());
    }
  }
}
