package org.letargo.hook.change;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.letargo.hook.command.Command;
import org.letargo.hook.vps.Vps;
import org.letargo.linux.FileBeneath;
import org.letargo.linux.NativeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the programs of a clone that runs what has become of them: its own command {@code
 * /etc/letargo/on-clone}, if it has one, is run once, as its root. That command knows which
 * programs want to hear of it, and how: seeds to draw anew, keys to make, names to register.
 */
final class CloneNotice {
  private static final Logger LOG = LoggerFactory.getLogger(CloneNotice.class);
  private static final String COMMAND = "etc/letargo/on-clone";
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Host host;

  CloneNotice(Host host) {
    this.host = host;
  }

  /**
   * Runs it to its end. A clone is one whether or not its command succeeds.
   *
   * @param origin which VPS and checkpoint it was cloned from
   */
  void give(Vps clone, String origin) {
    String name = clone.spec().name().value();
    try {
      if (!hasCommand(clone.folder().rootfs())) {
        return;
      }
      Path log = Files.createTempFile("letargo-clone-", ".log");
      try {
        Command.Result result =
            host.runc()
                .exec(clone.spec().name(), List.of("/" + COMMAND, name, origin), false, log)
                .timeout(LONGEST)
                .run();
        if (!result.ok()) {
          LOG.warn("vps={} /{}: status {}, continuing without it", name, COMMAND, result.status());
        }
      } finally {
        Files.deleteIfExists(log);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("vps={} /{} cannot be run: {}, continuing without it", name, COMMAND, e.toString());
    }
  }

  /** Looked for from outside, so that a clone without one waits for nothing. */
  private static boolean hasCommand(Path rootfs) {
    try (FileBeneath found =
        FileBeneath.find(rootfs, COMMAND.getBytes(StandardCharsets.US_ASCII))) {
      return Files.isExecutable(found.path());
    } catch (NativeException e) {
      return false; // there is none, or behind a link, where nobody should have put it
    }
  }
}
