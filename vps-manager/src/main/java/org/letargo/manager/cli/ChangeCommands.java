package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that change VPSes by one word. */
final class ChangeCommands {
  private ChangeCommands() {}

  /** One verb, several VPSes. */
  abstract static class Change extends CliCommand {
    private final String done;

    @Parameters(arity = "1..*", paramLabel = "NAME", description = "The VPSes, at the same time.")
    private List<VpsName> names;

    @Mixin private Changes changes;

    /**
     * @param done what is then true of the VPS
     */
    Change(String done) {
      this.done = done;
    }

    /** What the request says beside the verb. */
    Optional<JsonNode> body() {
      return Optional.empty();
    }

    @Override
    final int run() throws InterruptedException {
      String verb = spec().name();
      return changes.each(cli(), names, done, name -> api().post(path(name) + "/" + verb, body()));
    }
  }

  /** A verb that ends processes, with time for them to end by themselves. */
  abstract static class Ending extends Change {
    @Option(
        names = "--grace",
        paramLabel = "TIME",
        description = "How long processes may take to end before they are killed, such as 30s.")
    private Optional<Duration> grace = Optional.empty();

    Ending(String done) {
      super(done);
    }

    @Override
    final Optional<JsonNode> body() {
      return grace.map(time -> object().put("graceSeconds", time.toSeconds()));
    }
  }

  @Command(
      name = "start",
      description = "Starts VPSes from their disks.",
      footer = {"", "Example: letargo start web1 db1"})
  static final class Start extends Change {
    Start() {
      super("started");
    }
  }

  @Command(
      name = "stop",
      description = "Stops VPSes as a shutdown does.",
      footer = {"", "Example: letargo stop --grace 2m db1"})
  static final class Stop extends Ending {
    Stop() {
      super("stopped");
    }
  }

  @Command(
      name = "restart",
      description = "Stops VPSes and starts them again.",
      footer = {"", "Example: letargo restart web1"})
  static final class Restart extends Ending {
    Restart() {
      super("restarted");
    }
  }

  @Command(
      name = "suspend",
      description = "Saves VPSes, memory and disk, and ends their processes.",
      footer = {
        "",
        "With --verify they stand still until the checkpoint has been restored on trial, and go on",
        "if that fails.",
        "Example: letargo suspend web1"
      })
  static final class Suspend extends Change {
    @Mixin private VerifyOption verify;

    Suspend() {
      super("suspended");
    }

    @Override
    Optional<JsonNode> body() {
      ObjectNode body = object();
      verify.addTo(body);
      return body.isEmpty() ? Optional.empty() : Optional.of(body);
    }
  }

  @Command(
      name = "resume",
      description = {
        "Brings suspended VPSes back to life where they stood.",
        "They run as soon as their processes are there; their memory comes behind."
      },
      footer = {"", "Example: letargo resume web1"})
  static final class Resume extends Change {
    @Option(names = "--eager", description = "Read all memory before anything runs.")
    private boolean eager;

    Resume() {
      super("resumed");
    }

    @Override
    Optional<JsonNode> body() {
      return eager ? Optional.of(object().put("eager", true)) : Optional.empty();
    }
  }

  @Command(
      name = "pause",
      description = "Freezes VPSes in memory.",
      footer = {"", "Example: letargo pause web1"})
  static final class Pause extends Change {
    Pause() {
      super("paused");
    }
  }

  @Command(
      name = "unpause",
      description = "Lets frozen VPSes run again.",
      footer = {"", "Example: letargo unpause web1"})
  static final class Unpause extends Change {
    Unpause() {
      super("running again");
    }
  }
}
