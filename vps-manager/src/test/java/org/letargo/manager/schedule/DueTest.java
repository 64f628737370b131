package org.letargo.manager.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DueTest {
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

  @Test
  void isDueFromItsInstantOn() {
    assertThat(Due.isDue(NOON, NOON.minusMillis(1))).isFalse();
    assertThat(Due.isDue(NOON, NOON)).isTrue();
    assertThat(Due.isDue(NOON, NOON.plusSeconds(9))).isTrue();
  }

  @Test
  void keepsItsRhythm() {
    assertThat(Due.after(NOON, FIVE_MINUTES, NOON.plusMillis(700)))
        .isEqualTo(NOON.plusSeconds(300));
  }

  @Test
  void doesNotMakeUpForWhatWasMissed() {
    Instant muchLater = NOON.plus(Duration.ofDays(3));

    assertThat(Due.after(NOON, FIVE_MINUTES, muchLater)).isEqualTo(muchLater.plusSeconds(300));
    assertThat(Due.after(NOON, FIVE_MINUTES, NOON.plusSeconds(300)))
        .isEqualTo(NOON.plusSeconds(600));
  }

  @ParameterizedTest
  @CsvSource({
    "PT1M, 1, PT30S",
    "PT1M, 2, PT1M",
    "PT1M, 3, PT2M",
    "PT1M, 7, PT32M",
    "PT1M, 8, PT1H",
    "PT1M, 1000000, PT1H",
    "PT24H, 1, PT30S",
    "PT24H, 12, PT17H4M",
    "PT24H, 13, PT24H",
    "PT24H, 2147483647, PT24H"
  })
  void triesAgainLaterEachTime(Duration every, int failures, Duration pause) {
    assertThat(Due.retry(every, failures)).isEqualTo(pause);
  }

  @Test
  void comesBackIntoReachWhenTheClockWasSetBack() {
    Instant yearLater = NOON.plus(Duration.ofDays(365));

    assertThat(Due.withinReach(yearLater, FIVE_MINUTES, NOON)).isEqualTo(NOON.plusSeconds(300));
    assertThat(Due.withinReach(NOON.plus(Duration.ofHours(1)), FIVE_MINUTES, NOON))
        .isEqualTo(NOON.plus(Duration.ofHours(1)));
    assertThat(Due.withinReach(NOON.minusSeconds(9), FIVE_MINUTES, NOON))
        .isEqualTo(NOON.minusSeconds(9));
  }
}
