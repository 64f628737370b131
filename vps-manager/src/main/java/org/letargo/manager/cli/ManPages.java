package org.letargo.manager.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes the manual pages, {@code letargo.1} and one for each command, in man(7)'s language, from
 * what the commands say of themselves in {@code --help}. Called when a package is built.
 */
final class ManPages {
  /** No line of a text is broken before it comes to roff, which breaks them itself. */
  private static final int ENDLESS = 100_000;

  private final String version;

  private ManPages(String version) {
    this.version = version;
  }

  /**
   * @param arguments the folder to write into, which exists
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    for (Map.Entry<String, String> page : pages().entrySet()) {
      Files.writeString(folder.resolve(page.getKey()), page.getValue());
    }
  }

  /** Names of files and their contents. */
  static Map<String, String> pages() throws IOException {
    CommandLine root = LetargoCli.commandLine(Environment.ofProcess());
    root.setUsageHelpWidth(ENDLESS);
    var pages =
        new ManPages(new LetargoCli.Version().getVersion()[0].replaceFirst("^letargo ", ""));
    Map<String, String> all = new LinkedHashMap<>();
    all.put("letargo.1", pages.page("letargo", root, root));
    root.getSubcommands()
        .forEach((name, command) ->
            all.put("letargo-" + name + ".1", pages.page("letargo-" + name, command, root)));
    return all;
  }

  private String page(String title, CommandLine command, CommandLine root) {
    List<String> lines = new ArrayList<>();
    lines.add(
        ".TH \"%s\" \"1\" \"\" \"letargo %s\" \"Letargo\""
            .formatted(escaped(title.toUpperCase(Locale.ROOT)), escaped(version)));
    lines.add(".SH NAME");
    String summary = String.join(" ", command.getCommandSpec().usageMessage().description());
    lines.add(escaped(title) + " \\- " + escaped(summary.replaceFirst("\\..*$", "")));
    lines.add(".SH SYNOPSIS");
    synopses(command).forEach(synopsis -> lines.addAll(List.of(escaped(synopsis), ".br")));
    lines.add(".SH DESCRIPTION");
    addText(lines, command.getHelp().description());
    addArguments(lines, command, ".SH");
    if (!command.getSubcommands().isEmpty()) {
      lines.add(".SH COMMANDS");
      addCommands(lines, command, command == root);
    }
    lines.add(".SH EXIT STATUS");
    root.getCommandSpec()
        .usageMessage()
        .exitCodeList()
        .forEach((status, meaning) -> addItem(lines, status, meaning));
    String footer = command.getHelp().footer();
    if (!footer.isBlank()) {
      lines.add(".SH NOTES");
      addText(lines, footer);
    }
    lines.add(".SH SEE ALSO");
    lines.add(
        command == root
            ? "Each command has a page of its own, such as \\fBletargo\\-suspend\\fR(1)."
            : "\\fBletargo\\fR(1)");
    return String.join("\n", lines) + "\n";
  }

  /** Of the command, or of those below it. */
  private static List<String> synopses(CommandLine command) {
    return command.getSubcommands().isEmpty() || command.getParent() == null
        ? List.of(command.getHelp().synopsis(0).strip())
        : command.getSubcommands().values().stream()
            .map(below -> below.getHelp().synopsis(0).strip())
            .toList();
  }

  private static void addCommands(List<String> lines, CommandLine command, boolean summaries) {
    command
        .getSubcommands()
        .forEach((name, below) -> {
          if (summaries) {
            addItem(lines, name, below.getHelp().description().strip());
          } else {
            lines.add(".SS \"" + escaped(below.getCommandSpec().qualifiedName()) + "\"");
            addText(lines, below.getHelp().description());
            addArguments(lines, below, ".PP\n");
          }
        });
  }

  private static void addArguments(List<String> lines, CommandLine command, String heading) {
    Help help = command.getHelp();
    List<PositionalParamSpec> parameters =
        command.getCommandSpec().positionalParameters().stream().filter(p -> !p.hidden()).toList();
    if (!parameters.isEmpty()) {
      lines.add(heading.startsWith(".SH") ? heading + " ARGUMENTS" : heading + "Arguments:");
      for (PositionalParamSpec each : parameters) {
        Text[][] rows =
            Help.createMinimalParameterRenderer()
                .render(each, help.parameterLabelRenderer(), help.colorScheme());
        addRows(lines, rows[0][0].toString(), rows);
      }
    }
    List<OptionSpec> options =
        command.getCommandSpec().options().stream().filter(option -> !option.hidden()).toList();
    lines.add(heading.startsWith(".SH") ? heading + " OPTIONS" : heading + "Options:");
    for (OptionSpec each : options) {
      Text[][] rows =
          Help.createMinimalOptionRenderer()
              .render(each, help.parameterLabelRenderer(), help.colorScheme());
      String value = rows[0][0].toString().strip().substring(each.shortestName().length());
      addRows(lines, String.join(", ", each.names()) + value, rows);
    }
  }

  /** With all that stands in the second column. */
  private static void addRows(List<String> lines, String term, Text[][] rows) {
    addItem(
        lines,
        term,
        String.join(" ", Arrays.stream(rows).map(row -> row[1].toString().strip()).toList()));
  }

  private static void addItem(List<String> lines, String term, String text) {
    lines.add(".TP");
    lines.add("\\fB" + escaped(term.strip()) + "\\fR");
    lines.add(escaped(text.strip()));
  }

  private static void addText(List<String> lines, String text) {
    Stream.of(text.strip().split("\\R"))
        .map(line -> line.isBlank() ? ".PP" : escaped(line.strip()))
        .forEach(lines::add);
  }

  /** Nothing of it is taken for a request or an escape of roff; hyphens can be searched for. */
  private static String escaped(String text) {
    String safe = text.replace("\\", "\\e").replace("-", "\\-");
    return safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe;
  }
}
