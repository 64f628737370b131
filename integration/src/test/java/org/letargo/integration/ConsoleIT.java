package org.letargo.integration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.integration.harness.Console;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Vps;

/** Somebody works on the console of a VPS; it is suspended, and later they sit down again. */
class ConsoleIT {
  private static final int ROWS = 33;
  private static final int COLUMNS = 101;

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @ParameterizedTest
  @CsvSource({"tiny, top -d 1", "debian-12, top -d 1"})
  void goesOnWithRunningTopWindowSizeAndHistory(String template, String top) {
    Vps vps = letargo.get().createAndStart("desk", template);
    try (Console console = vps.console(ROWS, COLUMNS)) {
      login(console);
      console.enter("echo before-$((40+2)); stty size");
      console.awaitShown("before-42\\s+33 101");
      console.enter(top);
      expectUpdates(console);

      vps.suspend();

      console.awaitEnd();
    }
    vps.resume();
    // nobody is attached now, so it is the saved size and not that of a new window
    assertThat(vps.sh("stty -F /dev/console size 2>/dev/null || stty size </dev/console"))
        .isEqualTo(ROWS + " " + COLUMNS);

    try (Console console = vps.console(ROWS, COLUMNS)) {
      console.awaitShown("before-42");
      expectUpdates(console);
      console.type("q");
      console.enter("");
      console.enter("echo after-$((40+3)); stty size");
      console.awaitShown("after-43\\s+33 101");
    }
  }

  /** Asks until the shell answers: it may not read its terminal yet. */
  private static void login(Console console) {
    console.awaitShown("[#$] ");
    console.enter("echo here-$((40+1))");
    console.awaitShown("here-41");
  }

  /** Three more screens, each with its line about memory. */
  private static void expectUpdates(Console console) {
    int since = console.shown().length();
    console.awaitShown(since, "(?s)(Mem[ :].*){3}");
  }
}
