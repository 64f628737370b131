package org.letargo.hook;

import java.nio.file.Files;
import java.nio.file.Path;
import org.letargo.hook.command.Command;
import org.letargo.hook.protocol.VpsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the host itself goes down, so that VPSes cannot run on. They are in no unit of systemd,
 * which would end them last of all, with a signal that tells their systemd to start itself anew,
 * and wait a minute and a half for that.
 */
final class HostShutdown {
  private static final Logger LOG = LoggerFactory.getLogger(HostShutdown.class);

  /** There where systemd is the init: sd_booted(3). */
  private static final Path BOOTED_BY_SYSTEMD = Path.of("/run/systemd/system");

  private HostShutdown() {}

  static boolean isUnderWay() {
    if (!Files.isDirectory(BOOTED_BY_SYSTEMD)) {
      return false;
    }
    try {
      // its exit status says no more than that the system is not "running"
      String state = Command.of("systemctl", "is-system-running").run().output().strip();
      return state.equals("stopping");
    } catch (VpsException e) {
      LOG.warn("cannot see whether the host goes down: {} VPSes run on.", e.getMessage());
      return false;
    }
  }
}
