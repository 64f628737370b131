package org.letargo.manager.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.letargo.hook.protocol.DataSize;
import org.letargo.manager.migration.ModeChoice.Facts;
import org.letargo.manager.migration.ModeChoice.Way;

/** In which way a VPS moves where nobody says it. */
class ModeChoiceTest {
  private boolean running = true;
  private boolean knowsChunks = true;
  private boolean postcopy;
  private long memory = 256;
  private long disk = 100;
  private long changed = 1;
  private OptionalLong link = OptionalLong.of(100L << 20);
  private Duration latency = Duration.ofMillis(1);
  private Duration budget = Duration.ofMillis(300);

  private ModeChoice choose() {
    return ModeChoice.of(
        new Facts(
            running,
            DataSize.ofMebibytes(memory),
            DataSize.ofMebibytes(disk),
            DataSize.ofMebibytes(changed),
            link,
            latency,
            budget,
            knowsChunks,
            postcopy));
  }

  /** In MiB: memory, disk, changed a second, link a second; the budget in ms. */
  @ParameterizedTest
  @CsvSource({
    "16, 4, 0, 100, 300, false, STOP",
    "16, 4, 0, 100, 300, true, STOP",
    "16, 4, 0, 100, 100, false, PRECOPY",
    "16, 4, 900, 100, 300, true, STOP",
    "256, 100, 1, 100, 300, false, PRECOPY",
    "256, 100, 1, 100, 600, true, PRECOPY",
    "4096, 100, 20, 110, 300, false, PRECOPY",
    "4096, 100, 20, 110, 300, true, POSTCOPY",
    "1024, 0, 75, 100, 300, true, POSTCOPY",
    "1024, 0, 75, 100, 300, false, PRECOPY",
    "256, 0, 74, 100, 5000, true, STOP",
    "1024, 0, 74, 100, 5000, true, POSTCOPY",
    "1024, 0, 20, 100, 5000, true, PRECOPY",
    "0, 8192, 0, 100, 300, true, PRECOPY",
  })
  void dependsOnSizeChangeLinkAndBudget(
      long itsMemory,
      long itsDisk,
      long itsChange,
      long itsLink,
      long budgetMillis,
      boolean hasPostcopy,
      Way expected) {
    memory = itsMemory;
    disk = itsDisk;
    changed = itsChange;
    link = OptionalLong.of(itsLink << 20);
    budget = Duration.ofMillis(budgetMillis);
    postcopy = hasPostcopy;

    ModeChoice choice = choose();

    assertThat(choice.way()).as(choice.toString()).isEqualTo(expected);
    assertThat(choice.why()).isNotEmpty().doesNotEndWith(".");
    assertThat(choice.downtime()).isPositive();
  }

  @Test
  void interruptsNobodyWhereNothingRuns() {
    running = false;
    memory = 8192;

    assertThat(choose()).isEqualTo(new ModeChoice(Way.STOP, Duration.ZERO, "it does not run"));
  }

  @Test
  void sendsNothingAheadToAStoreThatWouldNotFindIt() {
    knowsChunks = false;
    assertThat(choose().way()).isEqualTo(Way.STOP);
    assertThat(choose().why()).contains("encrypted");
    postcopy = true;
    assertThat(choose().way()).isEqualTo(Way.POSTCOPY);
  }

  @Test
  void saysWhatItCosts() {
    assertThat(choose().why())
        .isEqualTo("all of it would take 3.6 s to send, and what changes meanwhile 0.0 s");
    changed = 200;
    assertThat(choose().why())
        .isEqualTo("it changes 200.0 MiB a second, and the link takes 100.0 MiB");
  }

  @Test
  void predictsMoreForMore() {
    Duration small = choose().downtime();
    memory = 1024;
    Duration large = choose().downtime();
    assertThat(large).isGreaterThan(small);
    latency = Duration.ofMillis(200);
    assertThat(choose().downtime()).isGreaterThan(large);
    Duration far = choose().downtime();
    knowsChunks = false;
    assertThat(choose().downtime()).as("all of it").isGreaterThan(far);
    postcopy = true;
    assertThat(choose().downtime()).as("none of it").isLessThan(far);
  }

  @Test
  void takesALinkThatNobodyKnowsForAUsualOne() {
    link = OptionalLong.empty();
    assertThat(choose().way()).isEqualTo(Way.PRECOPY);
    link = OptionalLong.of(0);
    assertThat(choose().way()).isEqualTo(Way.PRECOPY);
    link = OptionalLong.of(Long.MAX_VALUE);
    assertThat(choose().way()).isEqualTo(Way.STOP);
  }
}
