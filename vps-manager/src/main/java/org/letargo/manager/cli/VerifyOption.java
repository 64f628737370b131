package org.letargo.manager.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code --verify} and {@code --verify=run}, of the commands that make or carry checkpoints. */
final class VerifyOption {
  private static final String RESTORE = "restore";

  /** What the API calls what people say here. */
  enum Depth {
    RESTORE,
    RUN;

    static Depth parse(String word) {
      return switch (word) {
        case "restore" -> RESTORE;
        case "run" -> RUN;
        default -> throw new TypeConversionException("'" + word + "' is neither restore nor run");
      };
    }

    String word() {
      return switch (this) {
        case RESTORE -> "restore";
        case RUN -> "run";
      };
    }
  }

  /** A word behind a blank is a name, not the value of the option. */
  static final class OnlyAttached implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      if (!"=".equals(info.get("separator"))) {
        words.push(RESTORE);
      }
      return false;
    }
  }

  @Option(
      names = "--verify",
      arity = "0..1",
      paramLabel = "restore|run",
      fallbackValue = RESTORE,
      preprocessor = OnlyAttached.class,
      description = "Restore the checkpoint on trial; with run its processes run for a moment.")
  private Optional<Depth> depth = Optional.empty();

  void addTo(ObjectNode body) {
    depth.ifPresent(wanted -> body.put("verify", wanted.word()));
  }

  /** For the end of a path. */
  String query() {
    return depth.map(wanted -> "?verify=" + wanted.word()).orElse("");
  }

  boolean isGiven() {
    return depth.isPresent();
  }
}
