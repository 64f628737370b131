package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The commands that change what people wrote on a checkpoint. */
final class MarkCommands {
  private MarkCommands() {}

  abstract static class Mark extends CliCommand {
    @Parameters(index = "0", paramLabel = "NAME@CHECKPOINT", description = "The checkpoint.")
    private CheckpointPlace place;

    private final String done;

    /**
     * @param done what is then true of the checkpoint
     */
    Mark(String done) {
      this.done = done;
    }

    abstract ObjectNode marks();

    @Override
    final int run() {
      place.requireCheckpoint();
      JsonNode marked = api().patch(place.path(), marks());
      if (output().isJson()) {
        output().document(marked);
      } else {
        output().line(place + ": " + done);
      }
      return ExitStatus.OK.number();
    }
  }

  @Command(
      name = "pin",
      description = "Lets neither a schedule nor anybody forget a checkpoint.",
      footer = {"", "Example: letargo pin web1@before-upgrade"})
  static final class Pin extends Mark {
    Pin() {
      super("pinned");
    }

    @Override
    ObjectNode marks() {
      return object().put("pinned", true);
    }
  }

  @Command(
      name = "unpin",
      description = "Lets a pinned checkpoint be forgotten again.",
      footer = {"", "Example: letargo unpin web1@before-upgrade"})
  static final class Unpin extends Mark {
    Unpin() {
      super("not pinned");
    }

    @Override
    ObjectNode marks() {
      return object().put("pinned", false);
    }
  }

  @Command(
      name = "label",
      description = "Gives a checkpoint another label or note; an empty one takes it away.",
      footer = {"", "Example: letargo label web1@20260102-0304 before-upgrade --note 'redis 7'"})
  static final class Label extends Mark {
    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "LABEL",
        description = "A letter and up to 39 letters, digits, dots, underscores and hyphens.")
    private Optional<String> label = Optional.empty();

    @Option(names = "--note", paramLabel = "N", description = "What you want to remember of it.")
    private Optional<String> note = Optional.empty();

    Label() {
      super("labelled");
    }

    @Override
    ObjectNode marks() {
      if (label.isEmpty() && note.isEmpty()) {
        throw new ParameterException(spec().commandLine(), "neither a label nor a note is given");
      }
      ObjectNode marks = object();
      label.ifPresent(text -> marks.put("label", text));
      note.ifPresent(text -> marks.put("note", text));
      return marks;
    }
  }
}
