package org.letargo.hook.preflight;

import org.letargo.hook.protocol.ObstacleKind;

/** Pipes in packet mode: {@code pipe2(O_DIRECT)} (the engine's pipes.c). */
final class PipeCheck implements Check {
  /** O_DIRECT, as the kernel shows it on x86 and on arm64. */
  private static final int O_DIRECT =
      System.getProperty("os.arch").equals("aarch64") ? 0200000 : 040000;

  @Override
  public void search(Scene scene, Findings findings) {
    scene
        .descriptors()
        .filter(held -> held.descriptor().target().startsWith("pipe:"))
        .filter(held -> (held.descriptor().info().flags() & O_DIRECT) != 0)
        .forEach(held ->
            findings.add(held.process().obstacle(ObstacleKind.PACKET_PIPE, held.descriptor())));
  }
}
