package org.letargo.manager.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Asks a person before something that nothing brings back. */
final class Confirmation {
  private Confirmation() {}

  /**
   * Returns when the answer is {@code yes}.
   *
   * @param question a sentence that ends with a question mark
   * @param undone what is not done otherwise, such as {@code did not destroy web1}
   * @throws CliFailure if it is another, or nobody can be asked
   */
  static void require(CliCommand command, String question, String undone) throws IOException {
    Terminal terminal = command.environment().terminal();
    if (!terminal.isInput() || !terminal.isError()) {
      throw refusal(
          undone, "nobody can be asked: this is not a terminal", "Add --yes if you mean it.");
    }
    var out = command.output().errorStream();
    out.print(question + " Type yes: ");
    out.flush();
    var keyboard =
        new BufferedReader(
            new InputStreamReader(command.environment().in(), StandardCharsets.UTF_8));
    String answer = keyboard.readLine();
    if (answer == null || !answer.strip().equals("yes")) {
      throw refusal(undone, "the answer was not 'yes'", "Nothing was changed.");
    }
  }

  private static CliFailure refusal(String undone, String why, String remedy) {
    return new CliFailure(ExitStatus.INVALID_PARAMETER, "INVALID_REQUEST", undone, why, remedy);
  }
}
