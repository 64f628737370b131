package org.letargo.manager.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code letargo completion}: what a shell needs to complete our commands. */
@Command(
    name = "completion",
    description = "Prints the completion script for a shell.",
    footer = {"", "Example: source <(letargo completion bash)"})
final class CompletionCommand extends CliCommand {
  /** The shells; the script serves both, in zsh by bashcompinit. */
  enum Shell {
    bash,
    zsh
  }

  @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
  private Shell shell;

  @Override
  int run() {
    output().line(AutoComplete.bash("letargo", spec().root().commandLine()).stripTrailing());
    return ExitStatus.OK.number();
  }
}
