package org.letargo.hook.preflight;

import java.util.Optional;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;

/** What the engine loses without a word: choices of processors and memory nodes, the time. */
final class NotKeptCheck implements Check {
  private static final String NODES = "/sys/devices/system/node/online";

  @Override
  public void search(Scene scene, Findings findings) {
    String usual = scene.initProcess().map(process -> process.status().processors()).orElse("");
    boolean hasNodes = ProcFile.readIfThere(NODES).strip().matches(".*[-,].*");
    for (GuestProcess process : scene.members()) {
      String processors = process.status().processors();
      if (!usual.isEmpty() && !processors.isEmpty() && !processors.equals(usual)) {
        findings.add(
            process
                .obstacle(ObstacleKind.CPU_AFFINITY)
                .because("it is bound to the processors " + processors + ", which is not kept"));
      }
      if (hasNodes && hasPolicy(process)) {
        findings.add(process.obstacle(ObstacleKind.MEMORY_POLICY));
      }
    }
    findings.add(Obstacle.of(ObstacleKind.WALL_CLOCK, Optional.empty(), Optional.empty()));
  }

  /** On a host with one memory node a policy means nothing, and the file is dear to read. */
  private static boolean hasPolicy(GuestProcess process) {
    return ProcFile.readIfThere("/proc/" + process.hostPid() + "/numa_maps")
        .lines()
        .anyMatch(line -> line.matches("[0-9a-f]+ (bind|interleave|prefer|weighted).*"));
  }
}
