package org.letargo.hook.migration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.letargo.hook.command.Command;
import org.letargo.hook.protocol.VpsSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the site that a VPS has moved to this host and runs: a command of the host's, if there is
 * one, is run once with its name and address. Where the hosts share no segment, it sets the route
 * to the address. As root, as it is the host's own.
 */
final class ArrivalCommand {
  private static final Logger LOG = LoggerFactory.getLogger(ArrivalCommand.class);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Path command;

  ArrivalCommand(Path command) {
    this.command = command;
  }

  /** Runs it to its end. A VPS has arrived whether or not it succeeds. */
  void run(VpsSpec arrived) {
    if (!Files.isExecutable(command)) {
      return;
    }
    try {
      Command.Result result =
          Command.of(command.toString(), arrived.name().value(), arrived.address().value())
              .timeout(LONGEST)
              .run();
      if (!result.ok()) {
        LOG.warn("vps={} {}: {}, continuing without it", arrived.name(), command, result.reason());
      }
    } catch (RuntimeException e) {
      LOG.warn("vps={} {}: {}, continuing without it", arrived.name(), command, e.getMessage());
    }
  }
}
