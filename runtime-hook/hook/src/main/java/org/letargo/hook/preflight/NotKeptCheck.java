package org.letargo.hook.preflight;

import java.util.Optional;
import org.letargo.hook.protocol.Obstacle;
import org.letargo.hook.protocol.ObstacleKind;

/** What the engine loses without a word: choices of processors and memory nodes, keys, the time. */
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
    if (hasKeys(ProcFile.readIfThere("/proc/" + scene.init() + "/uid_map"))) {
      findings.add(Obstacle.of(ObstacleKind.KEYRING, Optional.empty(), Optional.empty()));
    }
    findings.add(Obstacle.of(ObstacleKind.WALL_CLOCK, Optional.empty(), Optional.empty()));
  }

  /**
   * Whether a user of the VPS has keys: {@code UID: USAGE KEYS/...} of keyrings(7).
   *
   * @param map of the VPS's users: {@code 0 FIRST COUNT}
   */
  private static boolean hasKeys(String map) {
    String[] range = map.strip().split("\\s+");
    if (range.length < 3 || range[1].equals("0")) {
      return false; // it has ended, or has no users of its own
    }
    long first = Long.parseLong(range[1]);
    long count = Long.parseLong(range[2]);
    return ProcFile.readIfThere("/proc/key-users")
        .lines()
        .map(line -> line.strip().split("[\\s:/]+"))
        .filter(fields -> fields.length > 2)
        .anyMatch(fields ->
            Long.parseLong(fields[0]) >= first
                && Long.parseLong(fields[0]) < first + count
                && Long.parseLong(fields[2]) > 0);
  }

  /** On a host with one memory node a policy means nothing, and the file is dear to read. */
  private static boolean hasPolicy(GuestProcess process) {
    return ProcFile.readIfThere("/proc/" + process.hostPid() + "/numa_maps")
        .lines()
        .anyMatch(line -> line.matches("[0-9a-f]+ (bind|interleave|prefer|weighted).*"));
  }
}
