package org.letargo.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.letargo.integration.harness.Heart;
import org.letargo.integration.harness.Instance;
import org.letargo.integration.harness.Vps;

/**
 * An archive as Letargo writes it, of a small VPS with memory, to make hostile ones of.
 *
 * @param heart knows what must be in the memory of a VPS that was made of it and is named {@code
 *     true}
 * @param capabilities of its first process, before it was suspended
 */
record TrueArchive(Forge forge, Heart heart, String capabilities) {
  private static final int HEART_MEBIBYTES = 2;

  /** Makes the VPS, its archive, and destroys the VPS. */
  static TrueArchive export(Instance instance, Path scratch) throws IOException {
    Vps vps = instance.createAndStart("true", "tiny");
    Heart heart = Heart.start(vps, HEART_MEBIBYTES);
    String capabilities = capabilities(vps);
    vps.suspend();
    Path file = scratch.resolve("true.letargo");
    vps.exportTo(file);
    vps.destroy();
    return new TrueArchive(new Forge(Files.readAllBytes(file)), heart, capabilities);
  }

  /** The lines {@code CapInh} to {@code CapAmb} of /proc/PID/status. */
  static String capabilities(Vps vps) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + vps.initPid() + "/status")).stream()
        .filter(line -> line.startsWith("Cap"))
        .toList()
        .toString();
  }
}
