package org.letargo.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.letargo.integration.harness.Console;
import org.letargo.integration.harness.Fixture;
import org.letargo.integration.harness.Vps;

/** Somebody works on the console of a VPS; it is suspended, and later they sit down again. */
class ConsoleIT {
  private static final int ROWS = 33;
  private static final int COLUMNS = 101;

  @RegisterExtension static final Fixture letargo = Fixture.instance();

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "debian-12"})
  void goesOnWithRunningTopWindowSizeAndHistory(String template) {
    Vps vps = letargo.get().createAndStart("desk", template);
    try (Console console = vps.console(ROWS, COLUMNS)) {
      login(console);
      console.enter("echo before-$((40+2)); stty size");
      console.awaitShown("before-42\\s+33 101");
      console.enter("top -d 1");
      console.awaitShown("(?s)(Mem[ :].*){3}"); // three screens

      vps.suspend();

      console.awaitEnd();
    }
    vps.resume();
    // nobody is attached now, so it is the saved size and not that of a new window
    assertThat(vps.sh("stty -F /dev/console size 2>/dev/null || stty size </dev/console"))
        .isEqualTo(ROWS + " " + COLUMNS);

    try (Console console = vps.console(ROWS, COLUMNS)) {
      console.awaitShown("before-42");
      vps.install("/usr/bin/newcomer", "#!/bin/sh\nsleep 600\n".getBytes(UTF_8), "755");
      vps.daemon("newcomer", "newcomer");
      console.awaitShown("newcomer"); // which was not there before: top shows what is
      int newest = console.shown().length();
      console.type("q");
      console.awaitShown(newest, "[#$] ");
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
}
