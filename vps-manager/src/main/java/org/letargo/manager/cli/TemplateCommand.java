package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.letargo.hook.protocol.TemplateName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code letargo template}: what VPSes are made of. Without a word it lists. */
@Command(
    name = "template",
    description = "Lists, builds, adds, carries away and removes templates.",
    footer = {"", "Example: letargo template list"},
    subcommands = {
      TemplateCommand.List.class,
      TemplateCommand.Build.class,
      TemplateCommand.Add.class,
      TemplateCommand.Export.class,
      TemplateCommand.Remove.class
    })
final class TemplateCommand extends CliCommand {
  @Override
  int run() {
    return list(this);
  }

  private static int list(CliCommand command) {
    JsonNode answer = command.api().get("/v1/templates");
    if (command.output().isJson()) {
      command.output().document(answer);
      return ExitStatus.OK.number();
    }
    var table = new Table("NAME", "BUILT", "SIZE", "DESCRIPTION");
    for (JsonNode template : answer.path("templates")) {
      boolean built = template.path("built").asBoolean();
      table.row(
          template.path("name").asText(),
          built ? "yes" : "no",
          built ? ListCommand.size(template.path("sizeBytes")) : "-",
          template.path("description").asText());
    }
    table.print(command.output());
    return ExitStatus.OK.number();
  }

  private static CliFailure aboutTemplate(CliFailure failure) {
    return failure.status() == ExitStatus.NOT_FOUND
        ? failure.withStatus(ExitStatus.TEMPLATE_NOT_FOUND)
        : failure;
  }

  @Command(
      name = "list",
      description = "Lists the templates.",
      footer = {"", "Example: letargo template list --json"})
  static final class List extends CliCommand {
    @Override
    int run() {
      return list(this);
    }
  }

  @Command(
      name = "build",
      description = "Builds a template that ships with Letargo.",
      footer = {"", "Example: letargo template build debian-12"})
  static final class Build extends CliCommand {
    @Parameters(paramLabel = "NAME", description = "The template.")
    private TemplateName name;

    @Mixin private Changes changes;

    @Override
    int run() throws InterruptedException {
      try {
        JsonNode ended =
            changes.one(
                cli(),
                true,
                "built",
                () -> api().post("/v1/templates/" + name + "/build", Optional.empty()));
        if (output().isJson()) {
          output().document(ended);
        }
        return ExitStatus.OK.number();
      } catch (CliFailure failure) {
        throw aboutTemplate(failure);
      }
    }
  }

  @Command(
      name = "add",
      description = "Makes a template of a tar of a root file system, or of a template file.",
      footer = {
        "",
        "Example: letargo template add alpine alpine-minirootfs.tar",
        "Example: letargo template add debian-12-of-host1 debian-12.template"
      })
  static final class Add extends CliCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The template.")
    private TemplateName name;

    @Parameters(index = "1", paramLabel = "FILE", description = "The tar; - is standard input.")
    private Path file;

    @Mixin private Changes changes;

    @Override
    int run() throws IOException, InterruptedException {
      JsonNode started =
          ImportCommand.send(
              this, "PUT", "/v1/templates/" + name, "application/x-tar", file, "template-add");
      JsonNode ended = changes.await(cli(), true, Optional.of("added"), OperationView.of(started));
      if (output().isJson()) {
        output().document(ended);
      }
      return ExitStatus.OK.number();
    }
  }

  @Command(
      name = "export",
      description = "Writes a template into a file, for 'letargo template add' on another host.",
      footer = {
        "",
        "Example: letargo template export debian-12 debian-12.template",
        "Example: letargo template export debian-12 - | ssh other letargo template add debian-12-a -"
      })
  static final class Export extends CliCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The template.")
    private TemplateName name;

    @Parameters(index = "1", paramLabel = "FILE", description = "Where to; - is standard output.")
    private Path file;

    @Mixin private FileDownload download;

    @Override
    int run() throws IOException {
      var subject = new FileDownload.Subject("template", name.value(), "the template");
      return download.run(
          this,
          subject,
          file,
          "/v1/templates/" + name + "/archive",
          TemplateCommand::aboutTemplate);
    }
  }

  @Command(
      name = "remove",
      description = "Removes a template that no VPS needs.",
      footer = {"", "Example: letargo template remove alpine"})
  static final class Remove extends CliCommand {
    @Parameters(paramLabel = "NAME", description = "The template.")
    private TemplateName name;

    @Mixin private Changes changes;

    @Override
    int run() throws InterruptedException {
      try {
        JsonNode ended =
            changes.one(cli(), true, "removed", () -> api().delete("/v1/templates/" + name));
        if (output().isJson()) {
          output().document(ended);
        }
        return ExitStatus.OK.number();
      } catch (CliFailure failure) {
        throw aboutTemplate(failure);
      }
    }
  }
}
