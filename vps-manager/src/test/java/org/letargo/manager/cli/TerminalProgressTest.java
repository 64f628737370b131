package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void showsBarPercentPhaseBytesAndRate() {
    OperationView half = view("saving memory", OptionalInt.of(50), 256L << 20, 512L << 20);

    assertThat(TerminalProgress.line(half, 100L << 20, 120))
        .isEqualTo(
            "suspend web1  ██████████░░░░░░░░░░  50 %  saving memory  256.0 MiB of 512.0 MiB "
                + " 100.0 MiB/s");
  }

  @Test
  void showsNoBarWhenNobodyKnowsHowFarItIs() {
    OperationView unknown =
        new OperationView(
            "op-1",
            "start",
            "web1",
            "running",
            "waiting for init",
            OptionalInt.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            CliCommand.object());

    assertThat(TerminalProgress.line(unknown, 0, 120)).isEqualTo("start web1  waiting for init");
  }

  @Test
  void staysOnOneLineOfANarrowTerminal() {
    OperationView half = view("saving memory", OptionalInt.of(100), 1, 1);

    assertThat(TerminalProgress.line(half, 0, 30)).hasSize(30).startsWith("suspend web1  ███");
  }

  @Test
  void isGoneFromTheTerminalWhenItIsClosed() {
    var screen = new ByteArrayOutputStream();
    try (var progress =
        new TerminalProgress(new PrintStream(screen, true, StandardCharsets.UTF_8), 80)) {
      progress.accept(view("saving memory", OptionalInt.of(50), 1 << 20, 2 << 20));
    }

    assertThat(screen.toString(StandardCharsets.UTF_8))
        .contains("saving memory")
        .doesNotContain("\n")
        .endsWith("\r\u001b[K");
  }

  @Test
  void measuresTheRateOfThePhase() {
    var rate = new TerminalProgress.Rate();
    rate.add("saving memory", 0, 0);
    rate.add("saving memory", 100 << 20, SECOND);

    assertThat(rate.bytesPerSecond(SECOND)).isEqualTo(100 << 20);
  }

  @Test
  void forgetsTheRateInTheNextPhaseAndInSilence() {
    var rate = new TerminalProgress.Rate();
    rate.add("saving memory", 0, 0);
    rate.add("saving memory", 100 << 20, SECOND);

    assertThat(rate.bytesPerSecond(5 * SECOND)).isZero();
    rate.add("saving disk", 0, 6 * SECOND);
    assertThat(rate.bytesPerSecond(6 * SECOND)).isZero();
  }

  private static OperationView view(String phase, OptionalInt percent, long done, long total) {
    return new OperationView(
        "op-1",
        "suspend",
        "web1",
        "running",
        phase,
        percent,
        OptionalLong.of(done),
        OptionalLong.of(total),
        CliCommand.object());
  }
}
