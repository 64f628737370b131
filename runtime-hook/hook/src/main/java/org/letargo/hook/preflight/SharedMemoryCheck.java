package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;

/**
 * System V shared memory that is mapped and is not of the VPS's own ipc namespace. A process gets
 * there by leaving the namespace in which it attached it, so the sign is a mapping in a process
 * whose namespace is not that of PID 1 (shmem checks in the engine's cr-dump.c).
 */
final class SharedMemoryCheck implements Check {
  @Override
  public void search(Scene scene, Findings findings) {
    String own = scene.initProcess().map(process -> process.namespace("ipc")).orElse("");
    for (GuestProcess process : scene.members()) {
      if (process.namespace("ipc").equals(own)) {
        continue;
      }
      process.mappings().stream()
          .filter(mapping -> mapping.target().startsWith("/SYSV"))
          .forEach(mapping ->
              findings.add(
                  process.obstacle(ObstacleKind.FOREIGN_SHARED_MEMORY, mapping.resource())));
    }
  }
}
