package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.letargo.integration.harness.HostCommand;
import org.letargo.integration.harness.Instance;

/** All other tests rely on the sweep: here something of each kind is left, and it must find it. */
class SweepIT {
  @Test
  void findsWhatIsLeftOver() throws Exception {
    try (Instance instance = Instance.start()) {
      Path group = cgroups().resolve(instance.name()).resolve("left");
      Path mount = Files.createDirectories(instance.run().resolve("left"));
      Path file = Files.createDirectories(instance.run().resolve("vps")).resolve("left.sock");
      String device = "lt" + hexadecimal(instance.subnet()) + "fe";
      Files.createFile(file);
      Files.createDirectories(group);
      HostCommand.run("mount", "-t", "tmpfs", "left", mount.toString());
      HostCommand.run("ip", "link", "add", device, "type", "bridge");
      Process process =
          new ProcessBuilder("tail", "-f", "/dev/null").directory(mount.toFile()).start();
      try {
        assertThatThrownBy(instance::sweepVpses)
            .hasMessageContainingAll(
                "process " + process.pid() + " tail -f /dev/null",
                "mount " + mount,
                "control group " + group,
                "network device " + device,
                file.toString());
      } finally {
        process.destroyForcibly().waitFor();
        HostCommand.run("ip", "link", "del", device);
        HostCommand.run("umount", mount.toString());
        Files.delete(mount);
        Files.delete(group);
        Files.delete(file);
      }
      instance.sweepVpses();
      assertThat(instance.hook().isAlive()).isTrue();
    }
  }

  /** The root of a hierarchy. */
  private static Path cgroups() {
    Path version1 = Path.of("/sys/fs/cgroup/memory");
    return Files.isDirectory(version1) ? version1 : Path.of("/sys/fs/cgroup");
  }

  private static String hexadecimal(String subnet) {
    String[] bytes = subnet.split("[./]");
    return "%02x%02x%02x"
        .formatted(
            Integer.parseInt(bytes[0]), Integer.parseInt(bytes[1]), Integer.parseInt(bytes[2]));
  }
}
