package org.letargo.integration.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.letargo.integration.bench.Samples.Unit;

/** What the table says must be what was measured. */
class SamplesTest {
  @Test
  void givesTheMiddleOneOfAnOddNumber() {
    Samples samples = new Samples(List.of(3.0, 1.0, 2.0));

    assertThat(samples.text(Unit.SECONDS)).isEqualTo("2.000 (1.000-3.000)");
  }

  @Test
  void givesTheMeanOfTheTwoMiddleOnesOfAnEvenNumber() {
    assertThat(new Samples(List.of(4.0, 1.0, 3.0, 2.0)).median()).isEqualTo(2.5);
  }

  @Test
  void refusesToSpeakOfNothing() {
    assertThatThrownBy(() -> new Samples(List.of())).hasMessage("no samples");
  }

  @Test
  void dividesOurMedianByTheirs() {
    Figures figures = new Figures();
    figures.seconds("tiny", "suspend", Contender.LETARGO, 3);
    figures.seconds("tiny", "suspend", Contender.RUNTIME, 2);

    assertThat(ResultTable.of(figures).lines().toList())
        .containsExactly(
            "| subject | work    | unit | Letargo | runc alone | podman | / runc alone | / podman |",
            "|---------|---------|------|---------|------------|--------|--------------|----------|",
            "| tiny    | suspend | s    | 3.000   | 2.000      | -      | 1.50         | -        |");
  }

  /** Freezing 1 ms, frozen 300 ms, as CRIU 4.2 writes them. */
  @Test
  void readsTheFrozenTimeOfAStatisticsFile() {
    byte[] file =
        HexFormat.of().parseHex("1943565440105155" + "09000000" + "0a07" + "08e807" + "10e0a712");

    assertThat(EngineStatistics.frozenSeconds(file)).isEqualTo(0.3);
  }
}
