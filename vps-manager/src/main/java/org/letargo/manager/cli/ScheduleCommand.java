package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code letargo schedule}: checkpoints that are taken by themselves. Without a word it lists. */
@Command(
    name = "schedule",
    description = "Has checkpoints taken by themselves, and old ones forgotten.",
    footer = {"", "Example: letargo schedule add web1 --every 5m --keep 12 --keep-daily 7"},
    subcommands = {
      ScheduleCommand.Add.class,
      ScheduleCommand.ListAll.class,
      ScheduleCommand.Remove.class
    })
final class ScheduleCommand extends CliCommand {
  private static final int SECONDS_PER_MINUTE = 60;

  @Override
  int run() {
    return list(this);
  }

  private static int list(CliCommand command) {
    JsonNode answer = command.api().get("/v1/schedules");
    if (command.output().isJson()) {
      command.output().document(answer);
      return ExitStatus.OK.number();
    }
    var table = new Table("NAME", "EVERY", "KEEP", "LAST", "NEXT", "FAILURES", "ERROR");
    for (JsonNode schedule : answer.path("schedules")) {
      table.row(
          schedule.path("vps").asText(),
          every(schedule.path("everySeconds").asLong()),
          keep(schedule),
          Times.shown(schedule.path("lastAt").asText("-")),
          Times.shown(schedule.path("nextAt").asText("-")),
          schedule.path("failures").asText("0"),
          schedule.path("error").path("message").asText("-"));
    }
    table.print(command.output());
    return ExitStatus.OK.number();
  }

  private static String every(long seconds) {
    if (seconds % Duration.ofDays(1).toSeconds() == 0) {
      return Duration.ofSeconds(seconds).toDays() + "d";
    }
    if (seconds % Duration.ofHours(1).toSeconds() == 0) {
      return Duration.ofSeconds(seconds).toHours() + "h";
    }
    return seconds % SECONDS_PER_MINUTE == 0
        ? Duration.ofSeconds(seconds).toMinutes() + "m"
        : seconds + "s";
  }

  private static String keep(JsonNode schedule) {
    return schedule.path("keep").asText("0")
        + ", "
        + schedule.path("keepHourly").asText("0")
        + " hourly, "
        + schedule.path("keepDaily").asText("0")
        + " daily";
  }

  @Command(
      name = "add",
      description =
          "Gives a VPS a schedule, or another one; the first checkpoint is taken at once.",
      footer = {
        "",
        "A scheduled checkpoint stays while one of the --keep rules wants it, or it is pinned or",
        "labelled. Hours and days are those of UTC. A VPS that does not run is passed over.",
        "Example: letargo schedule add web1 --every 5m --keep 12 --keep-hourly 24 --keep-daily 7"
      })
  static final class Add extends CliCommand {
    @Parameters(paramLabel = "NAME", description = "The VPS.")
    private VpsName name;

    @Option(
        names = "--every",
        required = true,
        paramLabel = "TIME",
        description = "The time between two, such as 5m; 10s at least.")
    private Duration every;

    @Option(names = "--keep", paramLabel = "N", description = "So many of the newest.")
    private int keep;

    @Option(
        names = "--keep-hourly",
        paramLabel = "N",
        description = "The newest of each of so many hours.")
    private int keepHourly;

    @Option(
        names = "--keep-daily",
        paramLabel = "N",
        description = "The newest of each of so many days.")
    private int keepDaily;

    @Override
    int run() {
      JsonNode added =
          api()
              .put(
                  path(name) + "/schedule",
                  object()
                      .put("everySeconds", every.toSeconds())
                      .put("keep", keep)
                      .put("keepHourly", keepHourly)
                      .put("keepDaily", keepDaily));
      if (output().isJson()) {
        output().document(added);
      } else {
        output()
            .line(
                name
                    + ": a checkpoint every "
                    + every(every.toSeconds())
                    + ", keeping "
                    + keep(added));
      }
      return ExitStatus.OK.number();
    }
  }

  @Command(
      name = "list",
      description = "Lists the schedules and how they go.",
      footer = {"", "Example: letargo schedule list"})
  static final class ListAll extends CliCommand {
    @Override
    int run() {
      return list(this);
    }
  }

  @Command(
      name = "remove",
      description = "Removes a schedule; its checkpoints stay.",
      footer = {"", "Example: letargo schedule remove web1"})
  static final class Remove extends CliCommand {
    @Parameters(paramLabel = "NAME", description = "The VPS.")
    private VpsName name;

    @Override
    int run() {
      api().delete(path(name) + "/schedule");
      if (output().isJson()) {
        output().document(object().put("removed", name.value()));
      } else {
        output().line(name + ": no schedule any more");
      }
      return ExitStatus.OK.number();
    }
  }
}
